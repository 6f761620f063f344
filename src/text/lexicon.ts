import type { Lexicon } from "./query.ts";
import type { SearchIndex } from "./search-index.ts";

/** Several indexes as one lexicon. A product that changed stands in two of them until the next is built: counts are near enough. */
export function createLexicon(indexes: readonly SearchIndex[]): Lexicon & {
	/** A term as it is mostly written. */
	surfaceOf(term: string): string;
} {
	return {
		holders(term) {
			let sum = 0;
			for (const { vocabulary, starts } of indexes) {
				const id = vocabulary.find(term);
				if (id !== -1) sum += (starts[id + 1] as number) - (starts[id] as number);
			}
			return sum;
		},
		near(word, stem, most) {
			const edits = new Map<string, number>();
			for (const { vocabulary } of indexes) {
				for (const near of vocabulary.near(word, stem, most)) {
					const term = vocabulary.termOf(near.id);
					edits.set(term, Math.min(near.edits, edits.get(term) ?? near.edits));
				}
			}
			return Array.from(edits, ([term, edits]) => ({ term, edits }));
		},
		surfaceOf(term) {
			for (const { vocabulary } of indexes) {
				const id = vocabulary.find(term);
				if (id !== -1) return vocabulary.surfaceOf(id);
			}
			return term;
		},
	};
}
