import * as v from "valibot";
import type { Fusion, Manifest } from "../contract/release.ts";
import { LINKED_TABLES, type LinkedTable, type LinksOfRow, linksOnPage, PAGE_ROWS } from "../retrieve/link-pages.ts";
import type { Links } from "../retrieve/neighbours.ts";
import { ESB1_ALIGN, orRefuse, readHead, refuse } from "./esb1.ts";

/** Rows whose links are kept; a request asks for some dozen. */
const KEPT_ROWS = 4096;
/** Bytes of the file's beginning, in which its header lies. */
const HEAD_BYTES = 16_384;

/** Reads part of `links.bin`: bytes `from` to `to - 1`. @returns null where they cannot be read */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array | null>;

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
export async function openLinks(read: ReadRange, manifest: Manifest): Promise<PagedLinks> {
	const { count } = manifest.items;
	const head = (await read(0, HEAD_BYTES)) ?? refuse("cannot be read");
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
			await Promise.all(
				Array.from(missing, async ([page, some]) => {
					const content = await read(first + (offsets[page] as number), first + (offsets[page + 1] as number)).catch(() => null);
					if (content === null) return;
					for (const row of some) {
						const links = linksOnPage(content, row, count);
						if (links !== null) keep(row, links);
					}
				}),
			);
		},
	};
}
