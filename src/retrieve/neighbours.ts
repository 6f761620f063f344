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

/** Links of one row: `from` to `to - 1` of both arrays. */
export type RowLinks = Pick<Neighbours, "targets" | "weights"> & { readonly from: number; readonly to: number; readonly scale: number };

/** A table of links, wherever it lies. */
export interface Links {
	/** @returns null where the row has none, or is none of the table's */
	linksOf(row: number): RowLinks | null;
}

/** A table that lies in memory whole. */
export const linksOver = ({ offsets, targets, weights, scales }: Neighbours): Links => ({
	linksOf(row) {
		if (row >= scales.length) return null;
		return { targets, weights, from: offsets[row] as number, to: offsets[row + 1] as number, scale: scales[row] as number };
	},
});

/** How a table becomes a feature: log(1 + tau * sum over ages a of decay[a] * weight(item of age a -> candidate)). */
export type NeighbourShape = { readonly tau: number; readonly decay: readonly number[] };

/**
 * Adds what one table says of each item that it reaches, as a feature; a repeated history item counts at each of its ages.
 * @param history rows, oldest first; the newest has age 0. Rows beyond the table have no links.
 * @param masked  1: the row may not be shown and does not become a candidate
 * @param column  the feature's place in the set
 */
export function reachNeighbours(
	table: Links,
	shape: NeighbourShape,
	history: Int32Array,
	masked: Uint8Array,
	into: CandidateSet,
	column: number,
): void {
	addNeighbours(table, shape.decay, history, masked, into, column);
	into.mapColumn(column, (sum) => (sum === 0 ? 0 : Math.log1p(shape.tau * sum)));
}

/** The sum alone: over ages a of decays[a] * weight(item of age a -> candidate). */
export function addNeighbours(
	table: Links,
	decays: readonly number[],
	history: Int32Array,
	masked: Uint8Array,
	into: CandidateSet,
	column: number,
): void {
	const window = Math.min(decays.length, history.length);
	for (let age = 0; age < window; age++) {
		const decay = decays[age] as number;
		const links = decay > 0 ? table.linksOf(history[history.length - 1 - age] as number) : null;
		if (links === null) continue;
		const { targets, weights, from, to, scale } = links;
		const weight = decay * scale;
		if (!(weight > 0)) continue;
		for (let k = from; k < to; k++) {
			const target = targets[k] as number;
			if (masked[target] === 0) into.add(target, column, weight * (weights[k] as number));
		}
	}
}

/** Weight of the link from one row to another, 0 when there is none. */
export function linkWeight(table: Links, from: number, to: number): number {
	const links = table.linksOf(from);
	if (links === null) return 0;
	for (let k = links.from; k < links.to; k++) if (links.targets[k] === to) return (links.weights[k] as number) * links.scale;
	return 0;
}
