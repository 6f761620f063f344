/** Ranks beyond this count as misses: lists of 50 are asked for. */
export const LIST_LENGTH = 50;

/** Recall of one target: 1 when it is among the first k. @param rank from 1; null: not in the list */
export const recallAt = (k: number, rank: number | null): number => (rank !== null && rank <= k ? 1 : 0);

/** NDCG of one target: 1/log2(rank + 1) within the first k, and the ideal is 1. */
export const ndcgAt = (k: number, rank: number | null): number => (rank !== null && rank <= k ? 1 / Math.log2(rank + 1) : 0);

/** Reciprocal rank of one target within the first k. */
export const reciprocalRankAt = (k: number, rank: number | null): number => (rank !== null && rank <= k ? 1 / rank : 0);

/** @returns rank from 1 of the target in the list; null when it is not there */
export function rankOf(target: string, list: readonly string[]): number | null {
	const index = list.indexOf(target);
	return index === -1 ? null : index + 1;
}

/** Mean over all targets, misses (null) among them; 0 where there are none. */
export function rankingMetrics(ranks: readonly (number | null)[]): Record<string, number> {
	const mean = (score: (rank: number | null) => number) =>
		ranks.length === 0 ? 0 : ranks.reduce((sum: number, rank) => sum + score(rank), 0) / ranks.length;
	return {
		"recall@5": mean((rank) => recallAt(5, rank)),
		"recall@10": mean((rank) => recallAt(10, rank)),
		"recall@20": mean((rank) => recallAt(20, rank)),
		"recall@50": mean((rank) => recallAt(50, rank)),
		"ndcg@5": mean((rank) => ndcgAt(5, rank)),
		"ndcg@10": mean((rank) => ndcgAt(10, rank)),
		"mrr@20": mean((rank) => reciprocalRankAt(20, rank)),
	};
}

/**
 * Gini index of how often each item of a catalogue was shown: 0 when all were shown alike, 1 when one was shown always. Items that were never shown count.
 * @param shown times of each item that was shown at all
 * @param items in the catalogue, at least as many
 * @returns null where nothing was shown
 * @see Shani & Gunawardana, "Evaluating recommendation systems", Recommender Systems Handbook, 2011
 */
export function giniOf(shown: readonly number[], items: number): number | null {
	const total = shown.reduce((sum, times) => sum + times, 0);
	if (total === 0) return null;
	if (items < 2) return 0;
	const ascending = Float64Array.from(shown).sort();
	const never = items - ascending.length;
	return ascending.reduce((sum, times, place) => sum + times * (2 * (never + place + 1) - items - 1), 0) / ((items - 1) * total);
}

/** Nearest-rank quantile. @param share 0 to 1 @returns null for no values */
export function quantileOf(values: readonly number[], share: number): number | null {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
