const CUT = 10;
const gain = (rating: number): number => 2 ** rating - 1;

/** Discounted gain of the first ten ratings. */
function discounted(ratings: readonly number[]): number {
	return ratings.slice(0, CUT).reduce((sum, rating, place) => sum + gain(rating) / Math.log2(place + 2), 0);
}

/**
 * NDCG@10 with gain 2^rating - 1.
 * @param judgedOnly leave out what nobody judged; else it counts as 0
 */
export function ndcg(ids: readonly string[], ratings: ReadonlyMap<string, number>, judgedOnly: boolean): number {
	const shown = judgedOnly ? ids.filter((id) => ratings.has(id)) : ids;
	const best = discounted([...ratings.values()].sort((a, b) => b - a));
	return best === 0 ? 0 : discounted(shown.slice(0, CUT).map((id) => ratings.get(id) ?? 0)) / best;
}

export type Interval = { readonly mean: number; readonly lower95: number; readonly upper95: number };

/** Mean of paired differences and its 95% interval by the bootstrap over queries. @param uniform in [0, 1) */
export function pairedBootstrap(differences: readonly number[], samples: number, uniform: () => number): Interval {
	const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const means = Float64Array.from({ length: samples }, () => {
		let sum = 0;
		for (let n = 0; n < differences.length; n++) sum += differences[Math.floor(uniform() * differences.length)] as number;
		return sum / differences.length;
	}).sort();
	const at = (share: number) => means[Math.floor(share * (samples - 1))] as number;
	return { mean: meanOf(differences), lower95: at(0.025), upper95: at(0.975) };
}
