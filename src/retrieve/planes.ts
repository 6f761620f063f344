import type { QuantisedQuery } from "./rows.ts";
import { createTopRows, type TopRows } from "./top-rows.ts";

/**
 * Rows of 6 bits in two planes, as `kernels/planes.ts` lays them out: the upper four bits of each component, which a scan
 * reads, and the lower two, which only the best rows are scored by.
 */
export type PlaneRows = {
	readonly dim: number;
	/** Shape [count, dim / 2]. */
	readonly upper: Uint8Array;
	/** Shape [count, dim / 4]. */
	readonly lower: Uint8Array;
	/** Shape [count]. */
	readonly scales: Float32Array;
};

/** Components that lie together: a multiple of this is the dimension. */
export const PLANE_GROUP = 64;
/** Largest component, either sign. */
export const PLANE_LEVELS = 31;
/** For each row that a scan is asked for, rows that it scores by all their bits; the fewest of them, and the most. */
const CANDIDATES = 5;
const FEWEST = 512;
const MOST = 2048;

/** Upper four bits of a component, 0 to 15. */
function upperOf({ dim, upper }: PlaneRows, row: number, d: number): number {
	const within = d % PLANE_GROUP;
	const byte = upper[row * (dim / 2) + (d - within) / 2 + (within >> 5) * 16 + (within % 16)] as number;
	return within % 32 < 16 ? byte & 15 : byte >> 4;
}

/** A component, -32 to 31. */
export function componentOf(rows: PlaneRows, row: number, d: number): number {
	const within = d % PLANE_GROUP;
	const byte = rows.lower[row * (rows.dim / 4) + (d - within) / 4 + (within % 16)] as number;
	return 4 * upperOf(rows, row, d) + ((byte >> (2 * (within >> 4))) & 3) - 32;
}

/** Writes row `row` as float32 into `out` from `at` on. */
export function readPlanes(rows: PlaneRows, row: number, out: Float32Array, at: number): void {
	const scale = rows.scales[row] as number;
	for (let d = 0; d < rows.dim; d++) out[at + d] = componentOf(rows, row, d) * scale;
}

/** Writes a row. @param values shape [dim] @returns false where a component does not fit */
export function packRow(rows: PlaneRows, row: number, values: Int8Array): boolean {
	const { dim, upper, lower } = rows;
	for (let d = 0; d < dim; d++) {
		const value = (values[d] as number) + 32;
		if (value < 0 || value > 63) return false;
		const within = d % PLANE_GROUP;
		const high = row * (dim / 2) + (d - within) / 2 + (within >> 5) * 16 + (within % 16);
		upper[high] = (upper[high] as number) | ((value >> 2) << (within % 32 < 16 ? 0 : 4));
		const low = row * (dim / 4) + (d - within) / 4 + (within % 16);
		lower[low] = (lower[low] as number) | ((value & 3) << (2 * (within >> 4)));
	}
	return true;
}

/** Score of one row by all its bits, float64: as `scoreRow` of the same components. */
export function scorePlanes(rows: PlaneRows, row: number, { values, scale }: QuantisedQuery): number {
	let dot = 0;
	for (let d = 0; d < rows.dim; d++) dot += (values[d] as number) * componentOf(rows, row, d);
	return dot * ((rows.scales[row] as number) * scale);
}

/**
 * The scan of planes: of rows that are not masked those that are best by their upper bits, the unseen ones taken for their
 * middle; of these the best by all bits. The reference against which the kernel is tested.
 * @returns best first
 */
export function scanPlanes(
	rows: PlaneRows,
	count: number,
	query: QuantisedQuery,
	masked: Uint8Array,
	most: number,
): ReturnType<TopRows["sorted"]> {
	const few = createTopRows(Math.min(MOST, Math.max(CANDIDATES * most, FEWEST)));
	for (let row = 0; row < count; row++) {
		if (masked[row] === 1) continue;
		let twice = 0;
		for (let d = 0; d < rows.dim; d++) twice += (query.values[d] as number) * (8 * upperOf(rows, row, d) - 61);
		few.offer(row, twice * ((rows.scales[row] as number) * query.scale * 0.5));
	}
	const best = createTopRows(most);
	for (const row of few.sorted().rows) best.offer(row, scorePlanes(rows, row, query));
	return best.sorted();
}
