import type { QuantisedQuery, QuantisedRows } from "./rows.ts";
import type { TopRows } from "./top-rows.ts";

/**
 * Exact scan of all rows that are not masked: the reference against which faster kernels are tested.
 * @param masked shape [count] or longer; 1: the row may not be shown
 * @param into   takes the rows; scores as `scoreRow`, float64
 */
export function scan(rows: QuantisedRows, query: QuantisedQuery, masked: Uint8Array, into: TopRows): void {
	const { count, dim, vectors, scales } = rows;
	// 32-bit integers throughout: four sums at a time, and `| 0` keeps the compiler from minding overflow.
	const values = Int32Array.from(query.values);
	const whole = dim - (dim % 4);
	let bar = into.bar;
	for (let row = 0; row < count; row++) {
		if (masked[row] === 1) continue;
		const start = row * dim;
		let a = 0;
		let b = 0;
		let c = 0;
		let e = 0;
		for (let d = 0; d < whole; d += 4) {
			const at = start + d;
			a = (a + Math.imul(values[d] as number, vectors[at] as number)) | 0;
			b = (b + Math.imul(values[d + 1] as number, vectors[at + 1] as number)) | 0;
			c = (c + Math.imul(values[d + 2] as number, vectors[at + 2] as number)) | 0;
			e = (e + Math.imul(values[d + 3] as number, vectors[at + 3] as number)) | 0;
		}
		for (let d = whole; d < dim; d++) a = (a + Math.imul(values[d] as number, vectors[start + d] as number)) | 0;
		const score = ((a + b + c + e) | 0) * ((scales[row] as number) * query.scale);
		// Rows come in ascending order: an equal score is no better than what is held.
		if (score > bar) {
			into.offer(row, score);
			bar = into.bar;
		}
	}
}
