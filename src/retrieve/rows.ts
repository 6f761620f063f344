/** Item vectors as a release holds them: int8 rows with one scale each; component = q * scale. */
export type QuantisedRows = {
	readonly count: number;
	readonly dim: number;
	/** Row-major, shape [count, dim], -127 to 127. Longer where there is room to grow. */
	readonly vectors: Int8Array;
	/** Shape [count]. */
	readonly scales: Float32Array;
};

/** The int8 query and its scale; a zero query has scale 0. */
export type QuantisedQuery = { readonly values: Int8Array; readonly scale: number };

const LEVELS = 127;

/**
 * The rule that both sides of a release share: scale = max|q| / 127 in float64, values = floor(q / scale + 0.5).
 * @param vector float32, shape [dim]
 */
export function quantise(vector: Float32Array): QuantisedQuery {
	let most = 0;
	for (const component of vector) most = Math.max(most, Math.abs(component));
	const values = new Int8Array(vector.length);
	const scale = most / LEVELS;
	if (!(scale > 0) || !Number.isFinite(scale)) return { values, scale: 0 };
	for (let d = 0; d < values.length; d++) {
		values[d] = Math.max(-LEVELS, Math.min(LEVELS, Math.floor((vector[d] as number) / scale + 0.5)));
	}
	return { values, scale };
}

/** Writes row `row` as float32 into `out` from `at` on. */
export function dequantiseInto(rows: QuantisedRows, row: number, out: Float32Array, at: number): void {
	const { dim, vectors } = rows;
	const scale = rows.scales[row] as number;
	for (let d = 0; d < dim; d++) out[at + d] = (vectors[row * dim + d] as number) * scale;
}

/** Exact integer dot product of a query and one row. */
export function dotRow(rows: QuantisedRows, row: number, query: QuantisedQuery): number {
	const { dim, vectors } = rows;
	const { values } = query;
	const start = row * dim;
	let sum = 0;
	for (let d = 0; d < dim; d++) sum += (values[d] as number) * (vectors[start + d] as number);
	return sum;
}

/** Score of one row in float64: integer dot times (row scale times query scale), in this order, as the trainer has it. */
export const scoreRow = (rows: QuantisedRows, row: number, query: QuantisedQuery): number =>
	dotRow(rows, row, query) * ((rows.scales[row] as number) * query.scale);
