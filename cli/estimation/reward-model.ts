import type { JudgedPlace } from "./judge.ts";

/** Impressions at the mean rate that are added to each product's own. */
const PRIOR_IMPRESSIONS = 20;
/** Ridge on all weights but the first, in units of impressions. */
const RIDGE = 1;
const STEPS_MAX = 25;
/** Weights of: 1, place, product, place in the candidate's order. */
const FEATURES = 4;

/** Chance of a reward by what is at a place; of no more use than being fixed before it is applied. */
export type RewardModel = (position: number, item: string | null, rank: number | null) => number;

/**
 * Logistic regression on the log of the place, the product's smoothed rate and its place in the candidate's order. A
 * place's own reward is left out of the rate that it is fitted with.
 */
export function fitRewardModel(places: readonly JudgedPlace[]): RewardModel {
	const total = places.reduce((sum, { reward }) => sum + reward, 0);
	// Never 0 or 1, so that its logarithms are finite.
	const mean = (total + 0.5) / (places.length + 1);
	const own = new Map<string, { seen: number; rewards: number }>();
	for (const { shown, reward } of places) {
		const counts = own.get(shown) ?? { seen: 0, rewards: 0 };
		counts.seen++;
		counts.rewards += reward;
		own.set(shown, counts);
	}
	const rateOf = (item: string | null, but: number, butReward: number): number => {
		const { seen, rewards } = own.get(item ?? "") ?? { seen: but, rewards: butReward };
		return logit((rewards - butReward + PRIOR_IMPRESSIONS * mean) / (seen - but + PRIOR_IMPRESSIONS)) - logit(mean);
	};
	const inputs = new Float64Array(places.length * FEATURES);
	for (const [n, { position, shown, reward, shownRank }] of places.entries()) {
		inputs.set([1, Math.log1p(position), rateOf(shown, 1, reward), nearness(shownRank)], n * FEATURES);
	}
	const weights = fitLogistic(
		inputs,
		places.map(({ reward }) => reward),
		logit(mean),
	);
	const [base, byPlace, byItem, byRank] = weights as unknown as [number, number, number, number];
	return (position, item, rank) => sigmoid(base + byPlace * Math.log1p(position) + byItem * rateOf(item, 0, 0) + byRank * nearness(rank));
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
const logit = (chance: number): number => Math.log(chance / (1 - chance));
const nearness = (rank: number | null): number => (rank === null ? 0 : 1 / Math.log2(rank + 2));

/**
 * Newton's method. @param inputs row-major, shape [targets, FEATURES], the first column 1
 * @returns weights, shape [FEATURES]
 */
function fitLogistic(inputs: Float64Array, targets: readonly number[], start: number): Float64Array {
	const weights = new Float64Array(FEATURES);
	weights[0] = start;
	for (let step = 0; step < STEPS_MAX; step++) {
		const gradient = new Float64Array(FEATURES);
		const curvature = Array.from({ length: FEATURES }, () => new Float64Array(FEATURES));
		for (let f = 1; f < FEATURES; f++) {
			gradient[f] = -RIDGE * (weights[f] as number);
			(curvature[f] as Float64Array)[f] = RIDGE;
		}
		for (const [n, target] of targets.entries()) {
			const at = n * FEATURES;
			let sum = 0;
			for (let f = 0; f < FEATURES; f++) sum += (weights[f] as number) * (inputs[at + f] as number);
			const chance = sigmoid(sum);
			const spread = Math.max(chance * (1 - chance), 1e-9);
			for (let f = 0; f < FEATURES; f++) {
				const input = inputs[at + f] as number;
				gradient[f] = (gradient[f] as number) + (target - chance) * input;
				const row = curvature[f] as Float64Array;
				for (let g = 0; g <= f; g++) row[g] = (row[g] as number) + spread * input * (inputs[at + g] as number);
			}
		}
		const change = solved(curvature, gradient);
		for (let f = 0; f < FEATURES; f++) weights[f] = (weights[f] as number) + (change[f] as number);
		if (change.every((value) => Math.abs(value) < 1e-8)) break;
	}
	return weights;
}

/** Solves a symmetric positive definite system of which the lower triangle is given (Cholesky). */
function solved(lower: readonly Float64Array[], right: Float64Array): Float64Array {
	const size = right.length;
	const at = (row: number, column: number) => (lower[row] as Float64Array)[column] as number;
	for (let r = 0; r < size; r++) {
		for (let c = 0; c <= r; c++) {
			let value = at(r, c);
			for (let k = 0; k < c; k++) value -= at(r, k) * at(c, k);
			(lower[r] as Float64Array)[c] = r === c ? Math.sqrt(Math.max(value, 1e-12)) : value / at(c, c);
		}
	}
	const solution = right.slice();
	for (let r = 0; r < size; r++) {
		for (let k = 0; k < r; k++) solution[r] = (solution[r] as number) - at(r, k) * (solution[k] as number);
		solution[r] = (solution[r] as number) / at(r, r);
	}
	for (let r = size - 1; r >= 0; r--) {
		for (let k = r + 1; k < size; k++) solution[r] = (solution[r] as number) - at(k, r) * (solution[k] as number);
		solution[r] = (solution[r] as number) / at(r, r);
	}
	return solution;
}
