import type { CandidateSet } from "./candidates.ts";

/** Weighted links between items, compressed by row; weight of link k from row r = weights[k] * scales[r]. */
export type Neighbours = {
	/** Shape [N + 1]: links of row r are offsets[r] to offsets[r + 1]. */
	readonly offsets: Uint32Array;
	readonly targets: Uint32Array;
	readonly weights: Uint8Array;
	/** Shape [N]. */
	readonly scales: Float32Array;
};

/** How a table becomes a feature: log(1 + tau * sum over ages a of decay[a] * weight(item of age a -> candidate)). */
export type NeighbourShape = { readonly tau: number; readonly decay: readonly number[] };

/**
 * Adds what one table says of each item that it reaches; a repeated history item counts at each of its ages.
 * @param history rows, oldest first; the newest has age 0. Rows beyond the table have no links.
 * @param masked  1: the row may not be shown and does not become a candidate
 * @param column  the feature's place in the set
 */
export function reachNeighbours(
	table: Neighbours,
	shape: NeighbourShape,
	history: Int32Array,
	masked: Uint8Array,
	into: CandidateSet,
	column: number,
): void {
	const window = Math.min(shape.decay.length, history.length);
	for (let age = 0; age < window; age++) {
		const row = history[history.length - 1 - age] as number;
		const decay = shape.decay[age] as number;
		if (row >= table.scales.length || !(decay > 0)) continue;
		const weight = decay * (table.scales[row] as number);
		if (!(weight > 0)) continue;
		const end = table.offsets[row + 1] as number;
		for (let k = table.offsets[row] as number; k < end; k++) {
			const target = table.targets[k] as number;
			if (masked[target] === 0) into.add(target, column, weight * (table.weights[k] as number));
		}
	}
	into.mapColumn(column, (sum) => (sum === 0 ? 0 : Math.log1p(shape.tau * sum)));
}

/** Weight of the link from one row to another, 0 when there is none. */
export function linkWeight(table: Neighbours, from: number, to: number): number {
	if (from >= table.scales.length) return 0;
	const end = table.offsets[from + 1] as number;
	for (let k = table.offsets[from] as number; k < end; k++) {
		if (table.targets[k] === to) return (table.weights[k] as number) * (table.scales[from] as number);
	}
	return 0;
}
