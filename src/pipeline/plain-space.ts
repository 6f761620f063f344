import { maskRows } from "../rank/filter-rows.ts";
import { PLANE_GROUP, packRow, readPlanes, scanPlanes, scorePlanes } from "../retrieve/planes.ts";
import { dequantiseInto, scoreRow } from "../retrieve/rows.ts";
import { scan } from "../retrieve/scan.ts";
import { createTopRows } from "../retrieve/top-rows.ts";
import type { MakeRowSpace, RowScanner, RowSpace } from "./ports.ts";

/** Spaces begin their pieces at multiples of this, bytes; so do the sections of release files. */
export const SPACE_ALIGN = 16;

/** Bytes that `length` bytes take of a space. */
export const spaceBytes = (length: number): number => Math.ceil(length / SPACE_ALIGN) * SPACE_ALIGN;

/** Bytes that rows of 6 bits take of a space. */
export const planesBytes = (count: number, dim: number): number => spaceBytes(count * (dim / 2)) + spaceBytes(count * (dim / 4));

/** A space of the kind wanted, or a plain one where that cannot be made. */
export const createSpace = (make: MakeRowSpace, bytes: number, rows: number, dim: number, worn: RowSpace | null = null): RowSpace =>
	make(bytes, rows, dim, worn) ?? createPlainSpace(bytes, rows, dim);

/** A space in JavaScript: the reference for the kernels, and what serves where they cannot. */
export function createPlainSpace(bytes: number, _rows: number, dim: number): RowSpace {
	const buffer = new ArrayBuffer(spaceBytes(bytes));
	let next = 0;
	function take(length: number): Uint8Array<ArrayBuffer> {
		const taken = new Uint8Array(buffer, next, length);
		next += spaceBytes(length);
		return taken;
	}
	return {
		take,
		scanner({ dim, vectors, scales }, masked) {
			const held = { count: scales.length, dim, vectors, scales };
			return {
				wrote() {},
				scan: (count, queries, most) =>
					queries.map((query) => {
						const top = createTopRows(most);
						scan({ ...held, count }, query, masked, top);
						return top.sorted();
					}),
				score: (query, rows) => Float64Array.from(rows, (row) => scoreRow(held, row, query)),
				read: (row, out, at) => dequantiseInto(held, row, out, at),
				mask: maskInto(masked),
			};
		},
		planes(count, scales, masked) {
			if (dim % PLANE_GROUP !== 0) return null;
			const held = { dim, upper: take(count * (dim / 2)), lower: take(count * (dim / 4)), scales };
			return {
				wrote() {},
				scan: (rows, queries, most) => queries.map((query) => scanPlanes(held, rows, query, masked, most)),
				score: (query, rows) => Float64Array.from(rows, (row) => scorePlanes(held, row, query)),
				read: (row, out, at) => readPlanes(held, row, out, at),
				mask: maskInto(masked),
				pack(rows, first) {
					for (let row = 0; row < rows.length / dim; row++)
						if (!packRow(held, first + row, rows.subarray(row * dim, (row + 1) * dim))) return false;
					return true;
				},
			};
		},
	};
}

const maskInto =
	(masked: Uint8Array): RowScanner["mask"] =>
	(columns, filter) => {
		maskRows(columns, filter, masked);
		return true;
	};
