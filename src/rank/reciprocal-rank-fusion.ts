/**
 * Weighs down how much the first places of one order count against the others.
 * @see Cormack, Clarke & Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009
 */
const RANK_OFFSET = 60;

/**
 * One score of several orders of the same things whose own scores cannot be compared: the sum of 1 / (60 + rank),
 * ranks from 1; what an order lacks gains nothing from it.
 * @param orders best first, each thing once
 */
export function reciprocalRankFusion(orders: readonly (readonly number[])[]): Map<number, number> {
	const scores = new Map<number, number>();
	for (const order of orders) {
		for (const [place, thing] of order.entries()) scores.set(thing, (scores.get(thing) ?? 0) + 1 / (RANK_OFFSET + 1 + place));
	}
	return scores;
}

/** Highest score first; equal ones in the order in which they came. */
export const byScore = (scores: ReadonlyMap<number, number>): number[] =>
	[...scores.keys()].sort((a, b) => (scores.get(b) as number) - (scores.get(a) as number));
