/**
 * How words and meaning become one score. Fitted on the judged queries of Chorus by 5-fold cross-validation over queries
 * (`bench/search.ts`). Of the weights of meaning between 0.05 and 0.1, which the folds cannot tell apart, the one that puts the
 * fewest queries below plain BM25.
 */
export type RelevanceWeights = {
	/** How much is lost with the words that a product lacks: its score is times (share of the words)^coordination. */
	readonly coordination: number;
	/** What full likeness of meaning adds, where the best score by words is 1. */
	readonly meaning: number;
};
export const RELEVANCE_WEIGHTS: RelevanceWeights = { coordination: 1, meaning: 0.05 };

/**
 * The same where the words' vectors lie in item space: they say less of what a query means, but the same of a query in any
 * language of the catalogue, so that a query and its twin in another language come to like answers.
 */
export const ITEM_SPACE_WEIGHTS: RelevanceWeights = { ...RELEVANCE_WEIGHTS, meaning: 0.3 };

/** How many words the bits stand for. */
export function wordCount(bits: number): number {
	let count = 0;
	for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
	return count;
}

/** @param score sum over the words that the product has, and @param bits which these are, of @param words in all */
export const coordinated = (score: number, bits: number, words: number, { coordination }: RelevanceWeights): number =>
	score * (wordCount(bits) / words) ** coordination;
