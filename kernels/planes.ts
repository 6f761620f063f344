import { exactScore } from "./block";
import { fold, foldAgain } from "./dot";
import { hold, isFull, Query, SUMS, SUMS_BYTES, UNIT } from "./query";
import { Rows } from "./rows";
import { keepBest } from "./select";

/**
 * Rows of 6 bits in two planes: a scan reads the upper four bits of each component alone, half the bytes of int8 rows, and
 * only the rows that are best by these are scored by all six. A component v, -32 to 31, is v = 4 h + l - 32 with h of 0 to 15
 * and l of 0 to 3.
 *
 * Over 64 components the upper plane has 32 bytes: byte i of the first 16 holds those of i and 16 + i, the low nibble first,
 * byte i of the second those of 32 + i and 48 + i. The lower plane has 16 bytes, byte i with those of i, 16 + i, 32 + i and
 * 48 + i, two bits each.
 *
 * A sum of products of int8 by 7 bits is within int16 for eight products of 127 by 15, or four of 127 by 63.
 * @see Guo et al., "Accelerating Large-Scale Inference with Anisotropic Vector Quantization", ICML 2020, for few bits first
 */
@unmanaged
export class Planes extends Rows {
	/** The lower plane, shape [count, dim / 4]; `vectors` is the upper one, shape [count, dim / 2]. */
	lower: usize;
}

const GROUP: usize = 64;
/** Bytes of a block's upper plane: they stay in the second-level cache for all queries. */
const BLOCK_BYTES: i32 = 65536;

@inline
function nibble(): v128 {
	return i8x16.splat(0x0f);
}

/** Eight partial sums of int8 by numbers of at most 6 bits, in int16. */
@inline
function pairs(query: v128, few: v128): v128 {
	if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(query, few);
	return i16x8.add(i16x8.extmul_low_i8x16_s(query, few), i16x8.extmul_high_i8x16_s(query, few));
}

/** Four partial sums over 64 components of a row's upper plane. */
@inline
function upper64(at: usize, a: v128, b: v128, c: v128, d: v128): v128 {
	const first = v128.load(at);
	const second = v128.load(at, 16);
	const low = i16x8.add(pairs(a, v128.and(first, nibble())), pairs(b, i8x16.shr_u(first, 4)));
	const high = i16x8.add(pairs(c, v128.and(second, nibble())), pairs(d, i8x16.shr_u(second, 4)));
	return i32x4.extadd_pairwise_i16x8_s(i16x8.add(low, high));
}

/** Adds what the middle of the unseen bits makes of the sums: twice the products of 4 h + 1.5 - 32 are 8 h - 61. */
@inline
function centred(sums: v128, centre: v128): v128 {
	return i32x4.add(i32x4.shl(sums, 3), centre);
}

/** Sum of a query's components. */
function total(query: Query, dim: usize): i32 {
	let sum = 0;
	for (let d: usize = 0; d < dim; d++) sum += <i32>load<i8>(query.values + d);
	return sum;
}

/** Rows of a block, a multiple of 4. */
export function planeBlockRows(dim: i32): i32 {
	return max(4, min(<i32>(SUMS_BYTES >> 2), BLOCK_BYTES / (dim >> 1)) & ~3);
}

/** Twice the sums of products of rows `from` to `to - 1` by their upper bits. */
function sumBlock(query: Query, rows: Planes, from: i32, to: i32): void {
	const dim = <usize>rows.dim;
	const step = dim >> 1;
	const centre = i32x4.splat(-61 * total(query, dim));
	for (let d: usize = 0; d < dim; d += GROUP) {
		const a = v128.load(query.values + d);
		const b = v128.load(query.values + d, 16);
		const c = v128.load(query.values + d, 32);
		const e = v128.load(query.values + d, 48);
		let at = rows.vectors + <usize>from * step + (d >> 1);
		let sums = SUMS;
		const isFirst = d == 0;
		for (let row = from; row < to; row += 4) {
			const at2 = at + (step << 1);
			const four = foldAgain(
				fold(upper64(at, a, b, c, e), upper64(at + step, a, b, c, e)),
				fold(upper64(at2, a, b, c, e), upper64(at2 + step, a, b, c, e)),
			);
			v128.store(sums, isFirst ? centred(four, centre) : i32x4.add(i32x4.shl(four, 3), v128.load(sums)));
			at += step << 2;
			sums += 16;
		}
	}
}

/** Scores rows `from` to `to - 1`, at most a block, by their upper bits, and holds those above the bar. */
export function scanPlanes(query: Query, rows: Planes, from: i32, to: i32): void {
	sumBlock(query, rows, from, to);
	let sums = SUMS;
	let scales = rows.scales + (<usize>from << 2);
	for (let row = from; row < to; row += 16) {
		const bar = threshold(query);
		const a = isBelow(sums, scales, bar);
		const b = isBelow(sums + 16, scales + 16, bar);
		const c = isBelow(sums + 32, scales + 32, bar);
		const d = isBelow(sums + 48, scales + 48, bar);
		if (!i32x4.all_true(v128.and(v128.and(a, b), v128.and(c, d)))) {
			const below = i32x4.bitmask(a) | (i32x4.bitmask(b) << 4) | (i32x4.bitmask(c) << 8) | (i32x4.bitmask(d) << 12);
			offer(query, rows, ~below & ((1 << min(16, to - row)) - 1), row, sums);
		}
		sums += 64;
		scales += 64;
	}
}

@inline
function isBelow(sums: usize, scales: usize, bar: v128): v128 {
	return f32x4.lt(f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), v128.load(scales)), bar);
}

/** The bar by what twice a sum times its row's scale is compared with, lower by more than float32 errs; see `raise`. */
@inline
function threshold(query: Query): v128 {
	return f32x4.splat(<f32>(<f64>query.threshold * (2 * UNIT)));
}

/** A row's score by its upper bits. */
@inline
function roughScore(query: Query, rows: Planes, row: usize, twice: i32): f64 {
	return <f64>twice * (<f64>load<f32>(rows.scales + (row << 2)) * query.scale * 0.5);
}

function offer(query: Query, rows: Planes, passed: i32, first: i32, sums: usize): void {
	for (let left = passed; left != 0; left &= left - 1) {
		const lane = <usize>ctz(left);
		const row = <usize>first + lane;
		if (load<u8>(rows.masked + row) != 0) continue;
		hold(query, <i32>row, roughScore(query, rows, row, load<i32>(sums + (lane << 2))));
	}
	if (isFull(query)) keepBest(query);
}

/** Four partial sums over 64 components by all six bits, of 0 to 63. */
@inline
function whole64(upper: usize, lower: usize, values: usize): v128 {
	const first = v128.load(upper);
	const second = v128.load(upper, 16);
	const low = v128.load(lower);
	const two = i8x16.splat(3);
	const a = v128.or(i8x16.shl(v128.and(first, nibble()), 2), v128.and(low, two));
	const b = v128.or(i8x16.shl(i8x16.shr_u(first, 4), 2), v128.and(i8x16.shr_u(low, 2), two));
	const c = v128.or(i8x16.shl(v128.and(second, nibble()), 2), v128.and(i8x16.shr_u(low, 4), two));
	const d = v128.or(i8x16.shl(i8x16.shr_u(second, 4), 2), i8x16.shr_u(low, 6));
	return i32x4.add(
		i32x4.extadd_pairwise_i16x8_s(i16x8.add(pairs(v128.load(values), a), pairs(v128.load(values, 16), b))),
		i32x4.extadd_pairwise_i16x8_s(i16x8.add(pairs(v128.load(values, 32), c), pairs(v128.load(values, 48), d))),
	);
}

/** Exact scores of the first `size` rows that a query holds, in their places. */
export function scorePlanes(query: Query, rows: Planes, size: i32): void {
	const dim = <usize>rows.dim;
	const centre = -32 * total(query, dim);
	for (let place: usize = 0; place < <usize>size; place++) {
		const row = <usize>load<i32>(query.rows + (place << 2));
		const upper = rows.vectors + row * (dim >> 1);
		const lower = rows.lower + row * (dim >> 2);
		let sums = i32x4.splat(0);
		for (let d: usize = 0; d < dim; d += GROUP) {
			sums = i32x4.add(sums, whole64(upper + (d >> 1), lower + (d >> 2), query.values + d));
		}
		sums = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
		const dot = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + centre;
		store<f64>(query.scores + (place << 3), exactScore(query, rows, row, dot));
	}
}

/**
 * Writes int8 rows into the planes.
 * @param from int8, row-major, shape [count, dim]
 * @param row  first row that is written
 * @returns false where a component is not within -32 to 31
 */
export function pack(rows: Planes, from: usize, row: i32, count: i32): bool {
	const dim = <usize>rows.dim;
	const end = from + <usize>count * dim;
	let upper = rows.vectors + <usize>row * (dim >> 1);
	let lower = rows.lower + <usize>row * (dim >> 2);
	let beyond = i8x16.splat(0);
	const offset = i8x16.splat(32);
	const two = i8x16.splat(3);
	for (let at = from; at < end; at += GROUP) {
		const a = i8x16.add(v128.load(at), offset);
		const b = i8x16.add(v128.load(at, 16), offset);
		const c = i8x16.add(v128.load(at, 32), offset);
		const d = i8x16.add(v128.load(at, 48), offset);
		beyond = v128.or(beyond, v128.or(v128.or(a, b), v128.or(c, d)));
		v128.store(upper, v128.or(i8x16.shr_u(a, 2), i8x16.shl(i8x16.shr_u(b, 2), 4)));
		v128.store(upper, v128.or(i8x16.shr_u(c, 2), i8x16.shl(i8x16.shr_u(d, 2), 4)), 16);
		v128.store(
			lower,
			v128.or(
				v128.or(v128.and(a, two), i8x16.shl(v128.and(b, two), 2)),
				v128.or(i8x16.shl(v128.and(c, two), 4), i8x16.shl(v128.and(d, two), 6)),
			),
		);
		upper += 32;
		lower += 16;
	}
	return !v128.any_true(v128.and(beyond, i8x16.splat(<i8>0xc0)));
}

/** Writes row `row` as int8, shape [dim], to an address. */
export function unpack(rows: Planes, row: i32, to: usize): void {
	const dim = <usize>rows.dim;
	const upper = rows.vectors + <usize>row * (dim >> 1);
	const lower = rows.lower + <usize>row * (dim >> 2);
	for (let d: usize = 0; d < dim; d++) {
		const within = d & 63;
		const high = <i32>load<u8>(upper + ((d - within) >> 1) + ((within >> 5) << 4) + (within & 15));
		const low = <i32>load<u8>(lower + ((d - within) >> 2) + (within & 15));
		const h = (within & 31) < 16 ? high & 15 : high >> 4;
		store<i8>(to + d, <i8>(((h << 2) | ((low >> <i32>((within >> 4) << 1)) & 3)) - 32));
	}
}
