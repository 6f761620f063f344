import { idfOf } from "./bm25f.ts";
import type { Lexicon } from "./correct.ts";
import type { QueryWord } from "./query.ts";
import { postingOf, type SearchIndex } from "./search-index.ts";

/** Products of one index that hold any word of a query. Overwritten by the next match of the same matcher. */
export type Matches = {
	/** Rows, in no order; the first `size` count. */
	readonly rows: Uint32Array;
	readonly size: number;
	/** By row: sum over words of idf times weight. */
	readonly scores: Float32Array;
	/** By row: words that it satisfies, as bits in the order of the query. */
	readonly words: Uint16Array;
};

/** Work space over one index. */
export function createMatcher(index: SearchIndex): {
	/** @param products in all indexes, for the idf */
	match(query: readonly QueryWord[], lexicon: Lexicon, products: number): Matches;
} {
	const { count, vocabulary, starts, rows: postings, weights } = index;
	const scores = new Float32Array(count);
	const words = new Uint16Array(count);
	/** By row: what the word at hand has brought so far. */
	const brought = new Float32Array(count);
	const stamps = new Uint32Array(count);
	const found = new Uint32Array(count);
	let stamp = 0;

	return {
		match(query, lexicon, products) {
			let size = 0;
			words.fill(0);
			for (const [w, { ways }] of query.entries()) {
				const bit = 1 << w;
				stamp++;
				// Words that were put in a typed one's place count as one word: a rare one among them is no better for it.
				const corrected = ways.reduce((sum, { edits, terms }) => (edits > 0 ? sum + lexicon.holders(terms[0] as string) : sum), 0);
				const take = (row: number, value: number) => {
					if (stamps[row] !== stamp) {
						stamps[row] = stamp;
						brought[row] = 0;
						if (words[row] === 0) {
							found[size++] = row;
							scores[row] = 0;
						}
						words[row] = (words[row] as number) | bit;
					}
					const more = value - (brought[row] as number);
					if (more > 0) {
						brought[row] = value;
						scores[row] = (scores[row] as number) + more;
					}
				};
				for (const { terms, weight, edits, holders } of ways) {
					const ids = terms.map(vocabulary.find);
					if (ids.includes(-1)) continue;
					const held = (term: string) => (edits > 0 ? corrected : Math.max(lexicon.holders(term), holders));
					const factors = terms.map((term) => (weight * idfOf(products, held(term))) / 255);
					if (ids.length === 1) {
						const id = ids[0] as number;
						const factor = factors[0] as number;
						const end = starts[id + 1] as number;
						for (let p = starts[id] as number; p < end; p++) take(postings[p] as number, factor * (weights[p] as number));
					} else takeCommon(ids, factors, take);
				}
			}
			return { rows: found, size, scores, words };
		},
	};

	/** Products that hold all of the terms: walks the shortest list and looks the others up. */
	function takeCommon(ids: readonly number[], factors: readonly number[], take: (row: number, value: number) => void): void {
		const lengths = ids.map((id) => (starts[id + 1] as number) - (starts[id] as number));
		const shortest = lengths.indexOf(Math.min(...lengths));
		const id = ids[shortest] as number;
		for (let p = starts[id] as number; p < (starts[id + 1] as number); p++) {
			const row = postings[p] as number;
			let value = (factors[shortest] as number) * (weights[p] as number);
			for (let other = 0; other < ids.length && value > 0; other++) {
				if (other === shortest) continue;
				const at = postingOf(postings, starts[ids[other] as number] as number, starts[(ids[other] as number) + 1] as number, row);
				value = at === -1 ? 0 : value + (factors[other] as number) * (weights[at] as number);
			}
			// The mean: a word that is met by several terms still is one word.
			if (value > 0) take(row, value / ids.length);
		}
	}
}
