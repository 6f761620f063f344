import { PAGED_SHARD_BYTES } from "../contract/release.ts";
import type { Links, RowLinks } from "./neighbours.ts";

/** Tables whose links of a row lie together, in this order. */
export const LINKED_TABLES = ["transitions", "similar", "bought"] as const;
export type LinkedTable = (typeof LINKED_TABLES)[number];
/** Rows of a page: that few take a seventh of a shard with a hundred links each. */
export const PAGE_ROWS = 4;

/** Of each table what one row links to; null: nothing. */
export type LinksOfRow = readonly (RowLinks | null)[];

/** Places of a page for each table and row: uint16 counts, then float32 scales; then come uint32 targets and uint8 weights of all. */
const CELLS = LINKED_TABLES.length * PAGE_ROWS;
const SCALES_AT = 2 * CELLS;
const TARGETS_AT = SCALES_AT + 4 * CELLS;

/**
 * Links of one row, copied out of its page.
 * @param page  little-endian, table by table and row by row within it
 * @param count rows of the release, which no link may lead beyond
 * @returns null where the page is damaged
 */
export function linksOnPage(page: Uint8Array, row: number, count: number): LinksOfRow | null {
	if (page.byteLength < TARGETS_AT) return null;
	const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
	const countAt = (cell: number) => view.getUint16(2 * cell, true);
	let before = 0;
	const starts: number[] = [];
	for (let cell = 0; cell < CELLS; cell++) {
		if (cell % PAGE_ROWS === row % PAGE_ROWS) starts.push(before);
		before += countAt(cell);
	}
	const weightsAt = TARGETS_AT + 4 * before;
	if (page.byteLength < weightsAt + before) return null;
	const cells = LINKED_TABLES.map((_, table) => table * PAGE_ROWS + (row % PAGE_ROWS));
	const size = cells.reduce((sum, cell) => sum + countAt(cell), 0);
	const targets = new Uint32Array(size);
	const weights = new Uint8Array(size);
	const found: (RowLinks | null)[] = [];
	let from = 0;
	for (const [table, cell] of cells.entries()) {
		const start = starts[table] as number;
		const scale = view.getFloat32(SCALES_AT + 4 * cell, true);
		const to = from + countAt(cell);
		if (!(scale >= 0 && scale < Number.POSITIVE_INFINITY)) return null;
		for (let k = from; k < to; k++) {
			const target = view.getUint32(TARGETS_AT + 4 * (start + k - from), true);
			if (target >= count) return null;
			targets[k] = target;
			weights[k] = page[weightsAt + start + k - from] as number;
		}
		found.push(to === from ? null : { targets, weights, from, to, scale });
		from = to;
	}
	return found;
}

/** With zeros after a page where the next would else lie in one shard more than it needs. */
export function withinShards(pages: readonly Uint8Array[]): Uint8Array[] {
	let at = 0;
	return pages.map((page, n) => {
		const end = at + page.byteLength;
		const room = Math.ceil(end / PAGED_SHARD_BYTES) * PAGED_SHARD_BYTES - end;
		const padded = room < (pages[n + 1]?.byteLength ?? 0) ? new Uint8Array(page.byteLength + room) : page;
		if (padded !== page) padded.set(page);
		at += padded.byteLength;
		return padded;
	});
}

/** Writes a page of rows from `first` on. @param tables in the order of LINKED_TABLES; null: none @returns a multiple of 4 bytes */
export function writeLinkPage(tables: readonly (Links | null)[], first: number, count: number): Uint8Array {
	const rows = Array.from({ length: PAGE_ROWS }, (_, k) => (first + k < count ? first + k : null));
	const cells = tables.flatMap((table) => rows.map((row) => (table === null || row === null ? null : table.linksOf(row))));
	const total = cells.reduce((sum, links) => sum + (links === null ? 0 : links.to - links.from), 0);
	const page = new Uint8Array(Math.ceil((TARGETS_AT + 5 * total) / 4) * 4);
	const view = new DataView(page.buffer);
	let at = 0;
	for (const [cell, links] of cells.entries()) {
		if (links === null) continue;
		view.setUint16(2 * cell, links.to - links.from, true);
		view.setFloat32(SCALES_AT + 4 * cell, links.scale, true);
		for (let k = links.from; k < links.to; k++, at++) {
			view.setUint32(TARGETS_AT + 4 * at, links.targets[k] as number, true);
			page[TARGETS_AT + 4 * total + at] = links.weights[k] as number;
		}
	}
	return page;
}
