import { PARTS } from "../contract/recommendation.ts";
import { type CandidateSet, createCandidateSet } from "../retrieve/candidates.ts";
import { quantise } from "../retrieve/rows.ts";
import { createTopRows, type TopRows } from "../retrieve/top-rows.ts";
import type { Vocabulary } from "../sequence/history.ts";
import { textVector } from "../text/text-vector.ts";
import { createCodes, createGroupCodes, type GrowingCodes } from "./codes.ts";
import type { LoadedRelease } from "./load-release.ts";
import type { MakeRowSpace, OverlaidProduct, OverlayCursor, ProductChange } from "./ports.ts";
import { createGrowingTable, type Table, writeProduct } from "./table.ts";

/** Sorts behind every id, in SQLite's order of UTF-8 bytes too. */
const AFTER_ALL_IDS = "\u{10FFFF}";
/** Rows by which the scratch grows beyond what is needed, so that it does not grow with every new product. */
const SCRATCH_SLACK_ROWS = 1024;

/** Work space of one request. A request uses it without a pause from mask to list, so that all may share it. */
export type Scratch = { readonly candidates: CandidateSet; readonly top: TopRows };

/**
 * A release with the catalogue's changes since it was made: rows 0 to N-1 are the release's, those from N on are
 * products that came later. Changes are written in place, between requests; rows never move.
 */
export interface OverlaidRelease extends Vocabulary {
	readonly loaded: LoadedRelease;
	readonly codes: GrowingCodes;
	/** The release's table, then that of added products. */
	readonly tables: readonly [Table, Table];
	/** First row of each table. */
	readonly firsts: readonly [number, number];
	/** Place of the last change that was applied. */
	readonly cursor: OverlayCursor;
	idOf(row: number): string;
	/** The table of a row, and the row within it. */
	locate(row: number): readonly [Table, number];
	/** Marks a row that the request at hand may not be shown. */
	mask(row: number): void;
	isMasked(row: number): boolean;
	popularityOf(row: number): number;
	/** What the row adds by itself to its fused score. */
	boostOf(row: number): number;
	/** Writes a row's float32 vector. */
	writeVector(row: number, out: Float32Array, at: number): void;
	apply(changes: readonly ProductChange[]): void;
	/** Whether any product has variants. */
	readonly hasVariants: boolean;
	/** Whether a product was deleted since the release was made, known to it or not. */
	isDeleted(id: string): boolean;
	scratch(): Scratch;
	/** Whether it still may be read: once it was let go its memory may be another's. */
	readonly isRetired: boolean;
	retire(): void;
}

/** @param makeRowSpace for the products that come later */
export function createOverlaidRelease(loaded: LoadedRelease, makeRowSpace: MakeRowSpace): OverlaidRelease {
	const { items, table: own, words, fusion } = loaded;
	const groups = createGroupCodes(1 + items.group.reduce((most, code) => Math.max(most, code), -1));
	const codes = createCodes(items.meta, groups);
	const added = createGrowingTable(items.dim, makeRowSpace);
	const addedRows = new Map<string, number>();
	const addedIds: string[] = [];
	const deletedIds = new Set<string>();
	let cursor: OverlayCursor = { version: items.meta.catalogueVersion, id: AFTER_ALL_IDS };
	let hasVariants = items.group.some((code) => code !== -1);
	let room: Scratch | null = null;
	let roomRows = 0;
	let isRetired = false;

	function locate(row: number): readonly [Table, number] {
		return row < items.count ? [own, row] : [added.table, row - items.count];
	}
	function rowOf(id: string): number {
		const row = items.ids.rowOf(id);
		if (row !== -1) return row;
		const place = addedRows.get(id);
		return place === undefined ? -1 : items.count + place;
	}
	/** A row for a product that the release does not have; hidden where no vector can be made for it. */
	function add(id: string): number {
		const place = added.add();
		addedRows.set(id, place);
		addedIds.push(id);
		return items.count + place;
	}
	function place(row: number, product: OverlaidProduct): void {
		const [table, at] = locate(row);
		writeProduct(table, at, product, codes);
		hasVariants ||= product.group !== null && product.group !== "";
		table.hidden[at] = 0;
		if (table === own) return;
		const vector = words === null ? null : textVector(words, textOf(product));
		if (vector === null) table.hidden[at] = 1;
		else added.setVector(at, quantise(vector));
	}

	return {
		loaded,
		codes,
		tables: [own, added.table],
		firsts: [0, items.count],
		get cursor() {
			return cursor;
		},
		rowOf,
		locate,
		mask(row) {
			if (row < items.count) own.masked[row] = 1;
			else added.table.masked[row - items.count] = 1;
		},
		isMasked: (row) => (row < items.count ? own.masked[row] : added.table.masked[row - items.count]) === 1,
		popularityOf: (row) => (row < items.count ? own.popularity[row] : added.table.popularity[row - items.count]) as number,
		boostOf: (row) => own.boost?.[row] ?? 0,
		idOf: (row) => (row < items.count ? items.ids.idOf(row) : (addedIds[row - items.count] as string)),
		vectorOf: (query) => (words === null ? null : textVector(words, query)),
		writeVector(row, out, at) {
			const [table, place] = locate(row);
			table.scanner.read(place, out, at);
		},
		apply(changes) {
			for (const { id, version, product } of changes) {
				const row = rowOf(id);
				if (product === null) deletedIds.add(id);
				else deletedIds.delete(id);
				if (product !== null) place(row === -1 ? add(id) : row, product);
				else if (row !== -1) {
					const [table, at] = locate(row);
					table.hidden[at] = 1;
				}
				cursor = { version, id };
			}
		},
		get hasVariants() {
			return hasVariants;
		},
		isDeleted: (id) => deletedIds.has(id),
		get isRetired() {
			return isRetired;
		},
		retire() {
			isRetired = true;
		},
		scratch() {
			const rows = items.count + added.table.count;
			if (room === null || roomRows < rows) {
				roomRows = rows + (added.table.count === 0 ? 0 : SCRATCH_SLACK_ROWS);
				room = {
					candidates: createCandidateSet(roomRows, PARTS.length),
					top: createTopRows(Math.max(fusion.encoder.candidates, 1024)),
				};
			}
			return room;
		},
	};
}

/** The words that the trainer reads of a product: title, other titles, brand, category. */
const textOf = ({ title, titles, brand, category }: OverlaidProduct): string =>
	[title, ...Object.values(titles ?? {}), brand ?? "", category ?? ""].join(" ");
