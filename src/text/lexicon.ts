import { LANGUAGES } from "./analyse.ts";
import type { Lexicon, Near } from "./correct.ts";
import { NAMING, postingOf, type SearchIndex } from "./search-index.ts";

/** Several indexes as one lexicon. A product that changed stands in two of them until the next is built: counts are near enough. */
export function createLexicon(indexes: readonly SearchIndex[]): Lexicon {
	return {
		languages: LANGUAGES.filter((language) => indexes.some(({ languages }) => languages.includes(language))),
		holders(term) {
			let sum = 0;
			for (const { vocabulary, starts } of indexes) {
				const id = vocabulary.find(term);
				if (id !== -1) sum += (starts[id + 1] as number) - (starts[id] as number);
			}
			return sum;
		},
		together(terms, naming = false) {
			let sum = 0;
			for (const index of indexes) sum += countTogether(index, terms, naming);
			return sum;
		},
		near(word, term, most) {
			const nearest = new Map<string, Near>();
			for (const { vocabulary } of indexes) {
				for (const { id, form, edits } of vocabulary.near(word, term, most)) {
					const near = { term: vocabulary.termOf(id), form, edits };
					if (edits < (nearest.get(near.term)?.edits ?? edits + 1)) nearest.set(near.term, near);
				}
			}
			return [...nearest.values()];
		},
		beginning(prefix) {
			const shortest = new Map<string, Near>();
			for (const { vocabulary } of indexes) {
				for (const { id, form } of vocabulary.beginning(prefix)) {
					const term = vocabulary.termOf(id);
					if (form.length < (shortest.get(term)?.form.length ?? form.length + 1)) shortest.set(term, { term, form, edits: 1 });
				}
			}
			return [...shortest.values()];
		},
	};
}

/** Products of one index that hold all of the terms: the shortest list is walked, the others are looked up. */
function countTogether({ vocabulary, starts, rows, fields }: SearchIndex, terms: readonly string[], naming: boolean): number {
	const ids = terms.map(vocabulary.find);
	if (ids.includes(-1)) return 0;
	const lists = ids
		.map((id) => ({ from: starts[id] as number, to: starts[id + 1] as number }))
		.sort((a, b) => a.to - a.from - (b.to - b.from));
	const [shortest, ...others] = lists;
	if (shortest === undefined) return 0;
	if (!naming && others.length === 0) return shortest.to - shortest.from;
	const counts = (p: number) => p !== -1 && (!naming || ((fields[p] as number) & NAMING) !== 0);
	let count = 0;
	for (let p = shortest.from; p < shortest.to; p++) {
		if (counts(p) && others.every(({ from, to }) => counts(postingOf(rows, from, to, rows[p] as number)))) count++;
	}
	return count;
}
