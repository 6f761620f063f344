import { maskRows } from "../rank/filter-rows.ts";
import { scoreRow } from "../retrieve/rows.ts";
import { scan } from "../retrieve/scan.ts";
import { createTopRows, type TopRows } from "../retrieve/top-rows.ts";
import type { MakeRowSpace, RowSpace } from "./ports.ts";

/** Spaces begin their pieces at multiples of this, bytes; so do the sections of release files. */
export const SPACE_ALIGN = 16;

/** Bytes that `length` bytes take of a space. */
export const spaceBytes = (length: number): number => Math.ceil(length / SPACE_ALIGN) * SPACE_ALIGN;

/** A space of the kind wanted, or a plain one where that cannot be made. */
export const createSpace = (make: MakeRowSpace, bytes: number, rows: number, dim: number): RowSpace =>
	make(bytes, rows, dim) ?? createPlainSpace(bytes);

/** A space in JavaScript: the reference for the kernels, and what serves where they cannot. */
export function createPlainSpace(bytes: number): RowSpace {
	const buffer = new ArrayBuffer(spaceBytes(bytes));
	let next = 0;
	return {
		take(length) {
			const taken = new Uint8Array(buffer, next, length);
			next += spaceBytes(length);
			return taken;
		},
		scanner({ dim, vectors, scales }, masked) {
			const held = { count: scales.length, dim, vectors, scales };
			let top: TopRows = createTopRows(0);
			let room = 0;
			return {
				wrote() {},
				scan(count, queries, most) {
					if (most > room) {
						room = most;
						top = createTopRows(room);
					}
					return queries.map((query) => {
						top.reset(most);
						scan({ ...held, count }, query, masked, top);
						return top.sorted();
					});
				},
				score: (query, rows) => Float64Array.from(rows, (row) => scoreRow(held, row, query)),
				mask(columns, filter) {
					maskRows(columns, filter, masked);
					return true;
				},
			};
		},
	};
}
