import { PARTS, type Part } from "../contract/recommendation.ts";
import type { FusionBucket } from "../contract/release.ts";

/**
 * Weight of each part, in the order of PARTS, then the offset of products that nobody has touched, then the weight of
 * what a row adds by itself (its boost, its place in the history), 1 or 0: float64, shape [7].
 */
export type PartWeights = Float64Array;

const UNSEEN = PARTS.length;
/** Place of the weight of what a row adds by itself. */
export const OWN = PARTS.length + 1;
const POPULAR = PARTS.indexOf("popular");

/**
 * Weights of the first bucket whose `maxLength` is at least the number of known history items; null holds any.
 * Beyond all buckets the last one serves.
 */
export function bucketWeights(buckets: readonly FusionBucket[], knownItems: number): PartWeights {
	const bucket = buckets.find(({ maxLength }) => maxLength === null || maxLength >= knownItems) ?? buckets.at(-1);
	return Float64Array.from([...PARTS.map((part) => bucket?.weights[part] ?? 0), bucket?.unseen ?? 0, 1]);
}

/**
 * Weights that let only the chosen parts speak. A part alone weighs 1, with a trace of popularity to order what it
 * leaves equal where it is a sparse one, as the trainer measures its parts.
 */
export function weightsOfParts(weights: PartWeights, parts: readonly Part[]): PartWeights {
	const chosen = new Set(parts);
	if (chosen.size > 1) {
		// An unseen product's offset stands in for its popularity.
		const speaks = [...PARTS.map((part) => chosen.has(part)), chosen.has("popular"), true];
		return weights.map((weight, p) => (speaks[p] ? weight : 0));
	}
	const [only] = parts;
	const trace = only === "encoder" ? 0 : 1e-6;
	return Float64Array.from([...PARTS.map((part) => (part === only ? 1 : part === "popular" ? trace : 0)), 0, 0]);
}

/**
 * score_j = sum over parts f of w_f * x_f(j), float64, in the order of PARTS:
 * encoder x = scaled int8 dot; transitions, similar, bought x = log(1 + tau * sum of decay[a] * W[item of age a -> j]);
 * popular x = the popularity column. A product of popularity 0 is unseen and gains the bucket's offset. A product of the
 * history gains `seenOffset` besides, and every row its own boost.
 * @param features row-major, shape [n, 5] or longer
 * @returns the scores of n candidates, without what rows add by themselves
 */
export function fusedScores(features: Float64Array, n: number, weights: PartWeights): Float64Array {
	const scores = new Float64Array(n);
	const unseen = weights[UNSEEN] as number;
	for (let candidate = 0, at = 0; candidate < n; candidate++, at += PARTS.length) {
		let score = 0;
		for (let p = 0; p < PARTS.length; p++) score += (weights[p] as number) * (features[at + p] as number);
		scores[candidate] = features[at + POPULAR] === 0 ? score + unseen : score;
	}
	return scores;
}

const isUnseen = (features: Float64Array, candidate: number): boolean => features[candidate * PARTS.length + POPULAR] === 0;

/** Offset of a product whose last place in the history has this age, 0 the newest. @param seen by age; the last holds for all older */
export const seenOffset = (seen: readonly number[], age: number): number => seen[Math.min(age, seen.length - 1)] ?? 0;

/** Weighted share of each part in a candidate's score; the offset of an unseen product counts as its popularity. */
export function contributionsOf(features: Float64Array, candidate: number, weights: PartWeights): Record<Part, number> {
	const shares = PARTS.map((part, p) => [part, (weights[p] as number) * (features[candidate * PARTS.length + p] as number)] as const);
	const contributions = Object.fromEntries(shares) as Record<Part, number>;
	return isUnseen(features, candidate) ? { ...contributions, popular: weights[UNSEEN] as number } : contributions;
}
