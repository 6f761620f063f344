/** What a request asks beside relevance; both 0: nothing. */
export type Variety = {
	/** 0 to 1: weight of being unlike what stands before. */
	readonly diversity: number;
	/** 0 to 1: weight of being little asked for. */
	readonly novelty: number;
};

/** Entries looked at for each place that is to be filled. */
export const WINDOW_PER_PLACE = 5;
/** Most entries looked at: the work grows with places times entries. */
export const WINDOW_MAX = 250;

/** Entries that are to be ranked where so many places shall be filled. */
export const windowFor = ({ diversity, novelty }: Variety, places: number): number =>
	diversity === 0 && novelty === 0 ? places : Math.max(places, Math.min(WINDOW_MAX, WINDOW_PER_PLACE * places));

/**
 * Maximal marginal relevance: place by place what is relevant and unlike all that was taken. Relevance is the score,
 * scaled to 0..1 over the entries; novelty puts the scaled lack of popularity in its stead by that share.
 * @param scores     best first
 * @param popularity in the same order
 * @param vectors    of length 1 or 0, row-major, shape [entries, dim]
 * @returns entries in their new order, at most `places`; of equal ones the earlier first
 * @see Carbonell & Goldstein, "The Use of MMR", SIGIR 1998
 */
export function varied(
	{ diversity, novelty }: Variety,
	scores: ArrayLike<number>,
	popularity: ArrayLike<number>,
	vectors: Float32Array,
	places: number,
): number[] {
	const count = scores.length;
	const [relevance, fame] = [scaled(scores), scaled(popularity)];
	const dim = count === 0 ? 0 : vectors.length / count;
	const worth = relevance.map((value, entry) => (1 - diversity) * ((1 - novelty) * value + novelty * (1 - (fame[entry] as number))));
	/** Likeness to the nearest of what was taken. */
	const likeness = new Float64Array(count);
	const left = new Set(worth.keys());
	const taken: number[] = [];
	while (taken.length < places && left.size > 0) {
		let best = -1;
		let most = Number.NEGATIVE_INFINITY;
		for (const entry of left) {
			const value = (worth[entry] as number) - diversity * (likeness[entry] as number);
			if (value > most) [best, most] = [entry, value];
		}
		taken.push(best);
		left.delete(best);
		if (diversity === 0) continue;
		for (const entry of left) {
			const like = dot(vectors, best * dim, entry * dim, dim);
			if (taken.length === 1 || like > (likeness[entry] as number)) likeness[entry] = like;
		}
	}
	return taken;
}

/** To 0..1 over the values; all 0 where they are equal. */
function scaled(values: ArrayLike<number>): number[] {
	const all = Array.from(values);
	const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
	const range = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least;
	return all.map((value) => (range > 0 ? (value - least) / range : 0));
}

function dot(vectors: Float32Array, a: number, b: number, dim: number): number {
	let sum = 0;
	for (let d = 0; d < dim; d++) sum += (vectors[a + d] as number) * (vectors[b + d] as number);
	return sum;
}
