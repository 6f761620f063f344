import { ONE, Query } from "./query";

/**
 * Sums of products of int8 rows with one query, four rows at a time.
 *
 * With relaxed SIMD one instruction multiplies 16 int8 by 16 numbers of 7 bits without a sign and adds pairs in int16. The
 * query q goes in as (q + 127) >> 2, which is 0 to 63: so small that two such results can be added before they are widened
 * (4 * 128 * 63 is within int16). The sums are not dot products, but close to them: `estimate.ts` says how close.
 *
 * Without it, bytes are widened to int16 and multiplied in pairs, and the sums are the dot products.
 */

/** Sums of four rows. */
const GROUP_BYTES: usize = 16;
/** Rows that are all masked are not even read. */
const EIGHT_MASKED: u64 = 0x0101010101010101;
const FOUR_MASKED: u32 = 0x01010101;

/** Lays a query out for the sums. Shape of its values: [dim], -127 to 127. */
export function layOut(query: Query, dim: i32): void {
	store<i16>(ONE, 1);
	for (let d: usize = 0; d < <usize>dim; d++) {
		const value = <i32>load<i8>(query.values + d);
		store<i16>(query.wide + (d << 1), <i16>value);
		store<u8>(query.short + d, <u8>((value + 127) >> 2));
	}
}

/** Exact dot product of a query and the row at an address. */
export function dotRow(query: Query, at: usize, dim: usize): i32 {
	const wide = query.wide;
	let a = i32x4.splat(0);
	let b = i32x4.splat(0);
	for (let d: usize = 0; d < dim; d += 16) {
		a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(at + d), v128.load(wide + (d << 1))));
		b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(at + d, 8), v128.load(wide + (d << 1), 16)));
	}
	a = i32x4.add(a, b);
	a = i32x4.add(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
	return i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1);
}

/** [a0 + a2, b0 + b2, a1 + a3, b1 + b3] */
@inline
export function fold(a: v128, b: v128): v128 {
	return i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
}

/** From two folded pairs the four sums. */
@inline
export function foldAgain(ab: v128, cd: v128): v128 {
	return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/** The query's 16 dimensions from `d` on; in int16 their first half. */
@inline
function first(query: Query, d: usize): v128 {
	return ASC_FEATURE_RELAXED_SIMD ? v128.load(query.short + d) : v128.load(query.wide + (d << 1));
}

/** In int16 their second half. */
@inline
function second(query: Query, d: usize): v128 {
	return ASC_FEATURE_RELAXED_SIMD ? i32x4.splat(0) : v128.load(query.wide + (d << 1), 16);
}

/** Four partial sums over 16 dimensions. */
@inline
function products(row: v128, a: v128, b: v128, ones: v128): v128 {
	if (ASC_FEATURE_RELAXED_SIMD) return i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(row, a), ones);
	return i32x4.add(
		i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(row), a),
		i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(row), b),
	);
}

/** Four partial sums over 32 dimensions. */
@inline
function products32(row: v128, next: v128, a0: v128, b0: v128, a1: v128, b1: v128, ones: v128): v128 {
	if (ASC_FEATURE_RELAXED_SIMD) {
		const pairs = i16x8.add(i16x8.relaxed_dot_i8x16_i7x16_s(row, a0), i16x8.relaxed_dot_i8x16_i7x16_s(next, a1));
		return i32x4.dot_i16x8_s(pairs, ones);
	}
	return i32x4.add(products(row, a0, b0, ones), products(next, a1, b1, ones));
}

@inline
function sum64(at: usize, a0: v128, b0: v128, a1: v128, b1: v128, a2: v128, b2: v128, a3: v128, b3: v128, ones: v128): v128 {
	return i32x4.add(
		products32(v128.load(at), v128.load(at, 16), a0, b0, a1, b1, ones),
		products32(v128.load(at, 32), v128.load(at, 48), a2, b2, a3, b3, ones),
	);
}

/** Sums of 64 dimensions of four rows. */
@inline
function four64(at: usize, dim: usize, a0: v128, b0: v128, a1: v128, b1: v128, a2: v128, b2: v128, a3: v128, b3: v128, ones: v128): v128 {
	const at2 = at + (dim << 1);
	return foldAgain(
		fold(sum64(at, a0, b0, a1, b1, a2, b2, a3, b3, ones), sum64(at + dim, a0, b0, a1, b1, a2, b2, a3, b3, ones)),
		fold(sum64(at2, a0, b0, a1, b1, a2, b2, a3, b3, ones), sum64(at2 + dim, a0, b0, a1, b1, a2, b2, a3, b3, ones)),
	);
}

/** Sums of 16 dimensions of four rows. */
@inline
function four16(at: usize, dim: usize, a: v128, b: v128, ones: v128): v128 {
	const at2 = at + (dim << 1);
	return foldAgain(
		fold(products(v128.load(at), a, b, ones), products(v128.load(at + dim), a, b, ones)),
		fold(products(v128.load(at2), a, b, ones), products(v128.load(at2 + dim), a, b, ones)),
	);
}

@inline
function put(sums: usize, four: v128, isFirst: bool): void {
	v128.store(sums, isFirst ? four : i32x4.add(four, v128.load(sums)));
}

/**
 * Adds 64 dimensions from `d` on to the sums of rows `from` to `to - 1`; those of masked rows may stay undefined.
 * @param vectors int8, row-major, shape [*, dim]; of four rows from the last multiple of four on all can be read
 * @param sums    int32, shape [to - from], rounded up to a multiple of four
 * @param isFirst write, instead of adding
 */
@inline
function span64(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, d: usize, sums: usize, isFirst: bool): void {
	const a0 = first(query, d);
	const b0 = second(query, d);
	const a1 = first(query, d + 16);
	const b1 = second(query, d + 16);
	const a2 = first(query, d + 32);
	const b2 = second(query, d + 32);
	const a3 = first(query, d + 48);
	const b3 = second(query, d + 48);
	const ones = v128.load_splat<i16>(ONE);
	let at = vectors + <usize>from * dim + d;
	let row = from;
	for (; row + 8 <= to; row += 8) {
		if (load<u64>(masked + <usize>row) != EIGHT_MASKED) {
			put(sums, four64(at, dim, a0, b0, a1, b1, a2, b2, a3, b3, ones), isFirst);
			put(sums + GROUP_BYTES, four64(at + (dim << 2), dim, a0, b0, a1, b1, a2, b2, a3, b3, ones), isFirst);
		}
		at += dim << 3;
		sums += 2 * GROUP_BYTES;
	}
	for (; row < to; row += 4) {
		put(sums, four64(at, dim, a0, b0, a1, b1, a2, b2, a3, b3, ones), isFirst);
		at += dim << 2;
		sums += GROUP_BYTES;
	}
}

/** The same for 16 dimensions: what is left where the dimension is no multiple of 64. */
@inline
function span16(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, d: usize, sums: usize, isFirst: bool): void {
	const a = first(query, d);
	const b = second(query, d);
	const ones = v128.load_splat<i16>(ONE);
	let at = vectors + <usize>from * dim + d;
	for (let row = from; row < to; row += 4) {
		put(sums, four16(at, dim, a, b, ones), isFirst);
		at += dim << 2;
		sums += GROUP_BYTES;
	}
}

export function set64(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, sums: usize): void {
	span64(query, vectors, masked, from, to, dim, 0, sums, true);
}

export function add64(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, d: usize, sums: usize): void {
	span64(query, vectors, masked, from, to, dim, d, sums, false);
}

export function set16(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, sums: usize): void {
	span16(query, vectors, masked, from, to, dim, 0, sums, true);
}

export function add16(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, d: usize, sums: usize): void {
	span16(query, vectors, masked, from, to, dim, d, sums, false);
}

/** Sums of 128 dimensions of a row, with relaxed SIMD. */
@inline
function sum128(at: usize, a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, ones: v128): v128 {
	return i32x4.add(sum64(at, a0, a0, a1, a1, a2, a2, a3, a3, ones), sum64(at + 64, a4, a4, a5, a5, a6, a6, a7, a7, ones));
}

/**
 * The first 128 dimensions at once, where the registers suffice for that much of the query: with relaxed SIMD. Parameters as
 * those of `span64`.
 */
export function set128(query: Query, vectors: usize, masked: usize, from: i32, to: i32, dim: usize, sums: usize): void {
	const a0 = first(query, 0);
	const a1 = first(query, 16);
	const a2 = first(query, 32);
	const a3 = first(query, 48);
	const a4 = first(query, 64);
	const a5 = first(query, 80);
	const a6 = first(query, 96);
	const a7 = first(query, 112);
	const ones = v128.load_splat<i16>(ONE);
	let at = vectors + <usize>from * dim;
	for (let row = from; row < to; row += 4) {
		if (load<u32>(masked + <usize>row) != FOUR_MASKED) {
			const at2 = at + (dim << 1);
			const ab = fold(sum128(at, a0, a1, a2, a3, a4, a5, a6, a7, ones), sum128(at + dim, a0, a1, a2, a3, a4, a5, a6, a7, ones));
			const cd = fold(sum128(at2, a0, a1, a2, a3, a4, a5, a6, a7, ones), sum128(at2 + dim, a0, a1, a2, a3, a4, a5, a6, a7, ones));
			v128.store(sums, foldAgain(ab, cd));
		}
		at += dim << 2;
		sums += GROUP_BYTES;
	}
}
