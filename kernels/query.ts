/** Most rows that a query may ask for: more than `fusion.json` may. */
export const MOST_ROWS: i32 = 2048;
/** Largest dimension; the release manifest's bound. */
export const MOST_DIM: i32 = 1024;
/** Queries of one pass over the rows. */
export const MOST_QUERIES: i32 = 4;
/** Rows for which a query has room. */
export const HELD_ROWS: i32 = 2 * MOST_ROWS + 64;

/** What one estimate counts: the query goes into it without its last two bits, see `estimate.ts`. */
export const UNIT: f64 = ASC_FEATURE_RELAXED_SIMD ? 4 : 1;

/** One query of a scan, the rows that it holds, and the bar that a row must exceed to be held. */
@unmanaged
export class Query {
	/** Scale of the int8 query. */
	scale: f64;
	/** Score that a row must exceed. */
	bar: f64;
	/** The bar in the units of `estimate.ts`, rounded down by more than float32 can err. */
	threshold: f32;
	/** Rows wanted. */
	most: i32;
	/** Rows held, in no order until the scan is over. */
	size: i32;
	/** Rows that are held before only the best of them are kept; fifteen more may come before that is seen. */
	full: i32;
	/** float64, shape [HELD_ROWS]. */
	scores: usize;
	/** int32, shape [HELD_ROWS]. */
	rows: usize;
	/** The int8 query, shape [dim], as the caller wrote it. */
	values: usize;
	/** The same in int16. */
	wide: usize;
	/** uint8, shape [dim]: the same in 6 bits, see `dot.ts`. */
	short: usize;
}

const HEAD_BYTES: usize = 64;
const QUERY_BYTES: usize = HEAD_BYTES + 4 * <usize>MOST_DIM + 12 * <usize>HELD_ROWS;
const FIRST: usize = (__heap_base + 63) & ~63;

/** int32, one for each row of a block: see `block.ts`. */
export const SUMS: usize = FIRST + <usize>MOST_QUERIES * QUERY_BYTES;
export const SUMS_BYTES: usize = 4096;
/** int32 codes that a filter asks for: see `mask.ts`. */
export const WANTED: usize = SUMS + SUMS_BYTES;
export const WANTED_CODES: i32 = 64;
/** int16: the number 1. A constant in the code would be made anew at each use; one from memory stays in a register. */
export const ONE: usize = WANTED + 4 * <usize>WANTED_CODES;
/** From here on the memory is the caller's. */
export const FREE: usize = ONE + 64;

/** The state of query `place`, 0 to MOST_QUERIES - 1. */
export function queryAt(place: i32): Query {
	const at = FIRST + <usize>place * QUERY_BYTES;
	const query = changetype<Query>(at);
	query.scores = at + HEAD_BYTES;
	query.rows = query.scores + 8 * <usize>HELD_ROWS;
	query.values = query.rows + 4 * <usize>HELD_ROWS;
	query.wide = query.values + <usize>MOST_DIM;
	query.short = query.wide + 2 * <usize>MOST_DIM;
	return query;
}

/** Empties a query for the best `most` rows above `bar`; `most` is at least 1. */
export function aim(query: Query, most: i32, bar: f64): void {
	query.most = most;
	query.size = 0;
	query.full = 2 * most + 32;
	raise(query, bar);
}

/**
 * Raises the bar. The threshold is below it by 2^-20 of itself and 2^-140: float32 errs by 2^-24, and by 2^-150 near zero.
 */
export function raise(query: Query, bar: f64): void {
	const exact = bar / query.scale;
	query.bar = bar;
	query.threshold = <f32>((exact - Math.abs(exact) * 9.5367431640625e-7 - 7.174648137343064e-43) / UNIT);
}

/** Holds a row if it is above the bar: without a branch, since nobody could foresee it. There is room until `isFull`. */
@inline
export function hold(query: Query, row: i32, score: f64): void {
	const place = <usize>query.size;
	store<f64>(query.scores + (place << 3), score);
	store<i32>(query.rows + (place << 2), row);
	query.size += i32(score > query.bar);
}

@inline
export function isFull(query: Query): bool {
	return query.size >= query.full;
}
