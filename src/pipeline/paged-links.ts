import * as v from "valibot";
import { type ByteRange, type Fusion, type Manifest, PAGED_SHARD_BYTES } from "../contract/release.ts";
import { LINKED_TABLES, type LinkedTable, type LinksOfRow, linksOnPage, PAGE_ROWS } from "../retrieve/link-pages.ts";
import type { Links } from "../retrieve/neighbours.ts";
import { ESB1_ALIGN, orRefuse, readHead, refuse } from "./esb1.ts";

/** Rows whose links are kept; a request asks for some dozen. */
const KEPT_ROWS = 4096;
/** Reads parts of `links.bin` in one call. @returns null for each that cannot be read */
export type ReadParts = (ranges: readonly ByteRange[]) => Promise<readonly (Uint8Array | null)[]>;

/** Links that lie in the store, page by page. What was fetched stays until other rows take its place. */
export interface PagedLinks {
	table(name: LinkedTable): Links;
	/** Reads the links of rows that are not at hand. Rows that cannot be read have none for now. */
	fetch(rows: Iterable<number>): Promise<void>;
}

/** Newest products of a history whose links are read. */
export const reachOf = (fusion: Fusion): number => Math.max(...LINKED_TABLES.map((name) => fusion[name].decay.length));

const Meta = v.object({
	items: v.number(),
	rowsPerPage: v.literal(PAGE_ROWS),
	kPair: v.number(),
	tables: v.literal(LINKED_TABLES.join()),
});

/** @throws inside `refusing` where the file cannot be what the manifest says */
export async function openLinks(readParts: ReadParts, manifest: Manifest): Promise<PagedLinks> {
	const { count } = manifest.items;
	const read = async (from: number, to: number): Promise<Uint8Array | null> => (await readParts([[from, to]]))[0] ?? null;
	const head = (await read(0, PAGED_SHARD_BYTES)) ?? refuse("cannot be read");
	const container = orRefuse(readHead(head, "links"));
	const meta = v.safeParse(Meta, container.meta);
	if (!meta.success) return refuse("has bad meta data");
	if (meta.output.items !== count) refuse(`is for ${meta.output.items} items; the manifest says ${count}`);
	if (meta.output.kPair < manifest.kPair) refuse(`has pairs of ${meta.output.kPair} visitors; the manifest says ${manifest.kPair}`);
	const pages = Math.ceil(count / PAGE_ROWS);
	const place = orRefuse(container.place("pageOffsets", "u32", [pages + 1]));
	const { offset: first, bytes } = orRefuse(container.place("pages", "u8", [null]));
	const table = (await read(place.offset, place.offset + place.bytes)) ?? refuse("cannot be read");
	if (table.byteLength !== place.bytes) refuse("is cut short");
	const aligned = table.byteOffset % ESB1_ALIGN === 0 ? table : new Uint8Array(table);
	const offsets = new Uint32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, pages + 1);
	if (offsets[0] !== 0 || offsets[pages] !== bytes) refuse("has pages that do not fill their section");
	for (let page = 0; page < pages; page++)
		if ((offsets[page] as number) > (offsets[page + 1] as number)) refuse("has page offsets out of order");

	const kept = new Map<number, LinksOfRow>();
	function keep(row: number, links: LinksOfRow): void {
		kept.delete(row);
		kept.set(row, links);
		if (kept.size > KEPT_ROWS) kept.delete(kept.keys().next().value as number);
	}
	return {
		table(name) {
			const n = LINKED_TABLES.indexOf(name);
			return { linksOf: (row) => kept.get(row)?.[n] ?? null };
		},
		async fetch(rows) {
			const missing = new Map<number, number[]>();
			for (const row of rows) {
				if (row < 0 || row >= count) continue;
				const links = kept.get(row);
				// Anew: those of this request are the last that may go.
				if (links !== undefined) keep(row, links);
				else missing.set(Math.floor(row / PAGE_ROWS), [...(missing.get(Math.floor(row / PAGE_ROWS)) ?? []), row]);
			}
			if (missing.size === 0) return;
			const asked = Array.from(missing.keys(), (page) => [first + (offsets[page] ?? 0), first + (offsets[page + 1] ?? 0)] as const);
			const found = await readParts(asked).catch(() => []);
			for (const [n, some] of Array.from(missing.values()).entries()) {
				const content = found[n] ?? null;
				if (content === null) continue;
				for (const row of some) {
					const links = linksOnPage(content, row, count);
					if (links !== null) keep(row, links);
				}
			}
		},
	};
}
