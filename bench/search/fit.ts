import { BM25F_WEIGHTS, type Bm25fWeights } from "../../src/text/bm25f.ts";
import type { RelevanceWeights } from "../../src/text/relevance.ts";

export type Weights = { readonly fields: Bm25fWeights; readonly relevance: RelevanceWeights };

const FOLDS = 5;
const TITLE = [3, 5, 8];
const ATTRIBUTES = [0.25, 0.5, 1];
const COORDINATION = [0.5, 1, 2];
const MEANING = [0, 0.05, 0.1, 0.15, 0.2];

/** All settings that are tried, those with equal fields together. */
export function* grid(): Generator<Weights> {
	for (const title of TITLE) {
		for (const attributes of ATTRIBUTES) {
			const fields = { ...BM25F_WEIGHTS, weight: { ...BM25F_WEIGHTS.weight, title, attributes } };
			for (const coordination of COORDINATION) for (const meaning of MEANING) yield { fields, relevance: { coordination, meaning } };
		}
	}
}

/**
 * 5-fold cross-validation over queries: each fold is scored by the setting that is best on the other four.
 * @param scores by setting, then query
 * @returns for each query the number of the setting chosen without it, and the best setting on all
 */
export function crossValidate(
	scores: readonly Float64Array[],
	uniform: () => number,
): { readonly chosen: number[]; readonly best: number } {
	const queries = scores[0]?.length ?? 0;
	const order = Array.from({ length: queries }, (_, n) => ({ n, key: uniform() })).sort((a, b) => a.key - b.key);
	const foldOf = new Map(order.map(({ n }, place) => [n, place % FOLDS]));
	const bestOver = (isIn: (query: number) => boolean) => {
		const sums = scores.map((of) => of.reduce((sum, score, query) => (isIn(query) ? sum + score : sum), 0));
		return sums.indexOf(Math.max(...sums));
	};
	const byFold = Array.from({ length: FOLDS }, (_, fold) => bestOver((query) => foldOf.get(query) !== fold));
	return {
		chosen: Array.from({ length: queries }, (_, query) => byFold[foldOf.get(query) as number] as number),
		best: bestOver(() => true),
	};
}
