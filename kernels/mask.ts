import { WANTED } from "./query";

/**
 * The filter over the columns: 1 in the mask for rows that may not be shown. Columns and mask have room for the rows
 * rounded up to a multiple of 16; what is written beyond the last row means nothing.
 */

/** Starts a mask: hidden rows, and unless `soldOutToo` those that are not in stock. Shapes: uint8 [count]. */
export function maskStock(hidden: usize, inStock: usize, masked: usize, count: i32, soldOutToo: bool): void {
	const one = i8x16.splat(1);
	for (let row: usize = 0; row < <usize>count; row += 16) {
		let mask = v128.load(hidden + row);
		if (!soldOutToo) mask = v128.or(mask, v128.and(i8x16.eq(v128.load(inStock + row), i8x16.splat(0)), one));
		v128.store(masked + row, mask);
	}
}

/** Masks rows whose value is not within `from` to `to`. Shape: int32 [count]. */
export function maskRange(column: usize, masked: usize, count: i32, from: i32, to: i32): void {
	const low = i32x4.splat(from);
	const high = i32x4.splat(to);
	for (let row: usize = 0; row < <usize>count; row += 16) {
		const at = column + (row << 2);
		maskUnless(masked + row, within(at, low, high), within(at + 16, low, high), within(at + 32, low, high), within(at + 48, low, high));
	}
}

/** Masks rows whose code is none of the first `wanted` at WANTED. Shape: int32 [count]. */
export function maskCodes(column: usize, masked: usize, count: i32, wanted: i32): void {
	const end = WANTED + (<usize>wanted << 2);
	for (let row: usize = 0; row < <usize>count; row += 16) {
		const at = column + (row << 2);
		const r0 = v128.load(at);
		const r1 = v128.load(at, 16);
		const r2 = v128.load(at, 32);
		const r3 = v128.load(at, 48);
		let p0 = i32x4.splat(0);
		let p1 = p0;
		let p2 = p0;
		let p3 = p0;
		for (let next = WANTED; next < end; next += 4) {
			const code = v128.load_splat<i32>(next);
			p0 = v128.or(p0, i32x4.eq(r0, code));
			p1 = v128.or(p1, i32x4.eq(r1, code));
			p2 = v128.or(p2, i32x4.eq(r2, code));
			p3 = v128.or(p3, i32x4.eq(r3, code));
		}
		maskUnless(masked + row, p0, p1, p2, p3);
	}
}

/** The same for a column of int16; its last 16 rows can be read whole. */
export function maskCodes16(column: usize, masked: usize, count: i32, wanted: i32): void {
	const end = WANTED + (<usize>wanted << 2);
	for (let row: usize = 0; row < <usize>count; row += 16) {
		const r0 = v128.load(column + (row << 1));
		const r1 = v128.load(column + (row << 1), 16);
		let p0 = i16x8.splat(0);
		let p1 = p0;
		for (let next = WANTED; next < end; next += 4) {
			const code = i16x8.splat(<i16>load<i32>(next));
			p0 = v128.or(p0, i16x8.eq(r0, code));
			p1 = v128.or(p1, i16x8.eq(r1, code));
		}
		maskBytes(masked + row, i8x16.narrow_i16x8_s(p0, p1));
	}
}

/** The same for a column of int8. */
export function maskCodes8(column: usize, masked: usize, count: i32, wanted: i32): void {
	const end = WANTED + (<usize>wanted << 2);
	for (let row: usize = 0; row < <usize>count; row += 16) {
		const codes = v128.load(column + row);
		let passed = i8x16.splat(0);
		for (let next = WANTED; next < end; next += 4) passed = v128.or(passed, i8x16.eq(codes, i8x16.splat(<i8>load<i32>(next))));
		maskBytes(masked + row, passed);
	}
}

@inline
function within(at: usize, low: v128, high: v128): v128 {
	const value = v128.load(at);
	return v128.and(i32x4.ge_s(value, low), i32x4.le_s(value, high));
}

/** Masks those of sixteen rows that did not pass; all bits of an int32 are set where a row did. */
@inline
function maskUnless(masked: usize, p0: v128, p1: v128, p2: v128, p3: v128): void {
	maskBytes(masked, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(p0, p1), i16x8.narrow_i32x4_s(p2, p3)));
}

/** The same, where all bits of a byte are set. */
@inline
function maskBytes(masked: usize, passed: v128): void {
	v128.store(masked, v128.or(v128.load(masked), v128.andnot(i8x16.splat(1), passed)));
}
