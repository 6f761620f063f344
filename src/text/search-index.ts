import { LANGUAGES, type Language } from "./analyse.ts";
import { type AnalysedProduct, BM25F_WEIGHTS, type Bm25fWeights, FIELDS, saturated } from "./bm25f.ts";
import { createVocabulary, type Forms, type Vocabulary } from "./vocabulary.ts";

/**
 * An inverted index: of each term the products that hold it, ascending, with how much and in which fields. Products are
 * rows from 0 on.
 */
export type SearchIndex = {
	/** Products. */
	readonly count: number;
	/** Languages whose stems are looked for. */
	readonly languages: readonly Language[];
	readonly vocabulary: Vocabulary;
	/** Where each term's postings begin, shape [V + 1]. */
	readonly starts: Uint32Array;
	/** Row of each posting, shape [P]. */
	readonly rows: Uint32Array;
	/** BM25F weight of each posting, in 255ths, shape [P]. */
	readonly weights: Uint8Array;
	/** Fields of each posting as bits in the order of FIELDS, shape [P]. */
	readonly fields: Uint8Array;
	/** Where the terms of each product's title, brand and category begin in `named`, shape [count + 1]. */
	readonly namedStarts: Uint32Array;
	/** Ids of terms, each once a product. */
	readonly named: Uint32Array;
};

/** Fields that say what a product is; attributes and descriptions name much beside it. */
export const NAMING = bitsOf(["title", "brand", "category"]);

export function bitsOf(fields: readonly (typeof FIELDS)[number][]): number {
	return fields.reduce((bits, field) => bits | (1 << FIELDS.indexOf(field)), 0);
}

/** Builds an index over products in the order given. */
export function buildIndex(analysed: readonly AnalysedProduct[], weights: Bm25fWeights = BM25F_WEIGHTS): SearchIndex {
	const averages = new Float64Array(FIELDS.length);
	for (const { lengths } of analysed)
		for (const [f, length] of lengths.entries()) averages[f] = (averages[f] as number) + length / analysed.length;
	const holders = new Map<string, number>();
	for (const { counts } of analysed) for (const term of counts.keys()) holders.set(term, (holders.get(term) ?? 0) + 1);
	const terms = [...holders.keys()].sort((a, b) => (a < b ? -1 : 1));
	const ids = new Map(terms.map((term, id) => [term, id]));
	const starts = new Uint32Array(terms.length + 1);
	for (const [id, term] of terms.entries()) starts[id + 1] = (starts[id] as number) + (holders.get(term) as number);
	const size = starts[terms.length] as number;
	const index = { rows: new Uint32Array(size), weights: new Uint8Array(size), fields: new Uint8Array(size) };
	const next = starts.slice();
	const namedStarts = new Uint32Array(analysed.length + 1);
	const named: number[] = [];
	for (const [row, { counts, lengths }] of analysed.entries()) {
		for (const [term, tf] of counts) {
			const id = ids.get(term) as number;
			const at = next[id] as number;
			next[id] = at + 1;
			const bits = tf.reduce((sum, n, f) => (n > 0 ? sum | (1 << f) : sum), 0);
			index.rows[at] = row;
			// Never 0: a product that holds the word is a hit.
			index.weights[at] = Math.max(1, Math.round(255 * saturated(tf, lengths, averages, weights)));
			index.fields[at] = bits;
			if ((bits & NAMING) !== 0) named.push(id);
		}
		namedStarts[row + 1] = named.length;
	}
	return {
		count: analysed.length,
		languages: languagesOf(analysed),
		vocabulary: createVocabulary(terms, formsOf(analysed, ids)),
		starts,
		...index,
		namedStarts,
		named: Uint32Array.from(named),
	};
}

/** Share of the products that must use a language: a few German words in an English shop are names. */
const LANGUAGE_SHARE_MIN = 0.01;

function languagesOf(analysed: readonly AnalysedProduct[]): Language[] {
	const users = (language: Language) => analysed.reduce((sum, { languages }) => sum + Number(languages.has(language)), 0);
	return LANGUAGES.filter((language) => language === "en" || users(language) > LANGUAGE_SHARE_MIN * analysed.length);
}

/** Every form of every term, in order of the first product that has it. */
function formsOf(analysed: readonly AnalysedProduct[], ids: ReadonlyMap<string, number>): Forms {
	const places = new Map<string, number>();
	const texts: string[] = [];
	const terms: number[] = [];
	const counts: number[] = [];
	for (const { forms } of analysed) {
		for (const [form, term] of forms) {
			const place = places.get(form) ?? texts.length;
			if (place === texts.length) {
				places.set(form, place);
				texts.push(form);
				terms.push(ids.get(term) as number);
				counts.push(0);
			}
			counts[place] = (counts[place] as number) + 1;
		}
	}
	const main = new Uint32Array(ids.size);
	const most = new Uint32Array(ids.size);
	for (const [place, id] of terms.entries()) {
		if ((counts[place] as number) <= (most[id] as number)) continue;
		main[id] = place;
		most[id] = counts[place] as number;
	}
	return { texts, terms: Uint32Array.from(terms), main };
}

/** Place of a row among ascending postings; -1 where it is not among them. @param to excluded */
export function postingOf(rows: Uint32Array, from: number, to: number, row: number): number {
	let [low, high] = [from, to];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((rows[middle] as number) < row) low = middle + 1;
		else high = middle;
	}
	return low < to && rows[low] === row ? low : -1;
}
