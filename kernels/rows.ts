/** Rows that are scanned, as addresses. */
@unmanaged
export class Rows {
	/** int8, row-major, shape [count, dim]. */
	vectors: usize;
	/** float32, shape [count], and 12 more bytes that can be read. */
	scales: usize;
	/** float32, shape [count], and 12 more bytes: see `estimate.ts`. */
	margins: usize;
	/** uint8, shape [count], and 3 more bytes; 1: the row is left out. */
	masked: usize;
	count: i32;
	/** A multiple of 16. */
	dim: i32;
}
