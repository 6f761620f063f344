import { add16, add64, dotRow, set128, set16, set64 } from "./dot";
import { estimates } from "./estimate";
import { hold, isFull, Query, SUMS, SUMS_BYTES } from "./query";
import { Rows } from "./rows";
import { keepBest } from "./select";

/** Bytes of a block's vectors: they stay in the second-level cache for all of their dimensions and for all queries. */
const BLOCK_BYTES: i32 = 65536;

/** Rows of a block, a multiple of 4. */
export function blockRows(dim: i32): i32 {
	return max(4, min(<i32>(SUMS_BYTES >> 2), BLOCK_BYTES / dim) & ~3);
}

/** Scores rows `from` to `to - 1`, at most a block, and holds those above the bar. */
export function scanBlock(query: Query, rows: Rows, from: i32, to: i32): void {
	const dim = <usize>rows.dim;
	let d: usize = dim < 64 ? 16 : ASC_FEATURE_RELAXED_SIMD && dim >= 128 ? 128 : 64;
	if (d == 128) set128(query, rows.vectors, rows.masked, from, to, dim, SUMS);
	else if (d == 16) set16(query, rows.vectors, rows.masked, from, to, dim, SUMS);
	else set64(query, rows.vectors, rows.masked, from, to, dim, SUMS);
	for (; d + 64 <= dim; d += 64) add64(query, rows.vectors, rows.masked, from, to, dim, d, SUMS);
	for (; d < dim; d += 16) add16(query, rows.vectors, rows.masked, from, to, dim, d, SUMS);
	check(query, rows, from, to);
}

/**
 * Offers the rows whose estimates are not below the threshold; a threshold that is no number stops none.
 * Few rows pass: sixteen are compared before the first branch.
 */
function check(query: Query, rows: Rows, from: i32, to: i32): void {
	let sums = SUMS;
	let scales = rows.scales + (<usize>from << 2);
	let margins = rows.margins + (<usize>from << 2);
	let row = from;
	for (; row + 16 <= to; row += 16) {
		const threshold = thresholdOf(query);
		const a = f32x4.lt(estimates(sums, scales, margins), threshold);
		const b = f32x4.lt(estimates(sums + 16, scales + 16, margins + 16), threshold);
		const c = f32x4.lt(estimates(sums + 32, scales + 32, margins + 32), threshold);
		const e = f32x4.lt(estimates(sums + 48, scales + 48, margins + 48), threshold);
		if (!i32x4.all_true(v128.and(v128.and(a, b), v128.and(c, e)))) {
			const below = i32x4.bitmask(a) | (i32x4.bitmask(b) << 4) | (i32x4.bitmask(c) << 8) | (i32x4.bitmask(e) << 12);
			offer(query, rows, ~below & 0xffff, row, sums);
		}
		sums += 64;
		scales += 64;
		margins += 64;
	}
	for (; row < to; row += 4) {
		const below = i32x4.bitmask(f32x4.lt(estimates(sums, scales, margins), thresholdOf(query)));
		offer(query, rows, ~below & ((1 << min(4, to - row)) - 1), row, sums);
		sums += 16;
		scales += 16;
		margins += 16;
	}
}

@inline
function thresholdOf(query: Query): v128 {
	return v128.load_splat<f32>(changetype<usize>(query) + offsetof<Query>("threshold"));
}

/** A row's score from its dot product; multiplied in the order of `scoreRow`. */
@inline
export function exactScore(query: Query, rows: Rows, row: usize, dot: i32): f64 {
	return <f64>dot * (<f64>load<f32>(rows.scales + (row << 2)) * query.scale);
}

/** Holds those of the rows that passed, are not masked, and are above the bar by their exact scores. */
function offer(query: Query, rows: Rows, passed: i32, first: i32, sums: usize): void {
	const dim = <usize>rows.dim;
	for (let left = passed; left != 0; left &= left - 1) {
		const lane = <usize>ctz(left);
		const row = <usize>first + lane;
		if (load<u8>(rows.masked + row) != 0) continue;
		const dot = ASC_FEATURE_RELAXED_SIMD ? dotRow(query, rows.vectors + row * dim, dim) : load<i32>(sums + (lane << 2));
		hold(query, <i32>row, exactScore(query, rows, row, dot));
	}
	if (isFull(query)) keepBest(query);
}
