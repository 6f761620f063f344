import { BM25F_WEIGHTS } from "../../text/bm25f.ts";
import { createGroupCodes } from "../codes.ts";
import type { OverlayCursor, SearchedChange, SearchedProduct } from "../ports.ts";
import { writeProduct } from "../table.ts";
import { buildSegment, type ReadProduct, readProduct, type Segment } from "./segment.ts";

/** Sorts behind every id, in SQLite's order of UTF-8 bytes too. */
const AFTER_ALL_IDS = "\u{10FFFF}";
/** Products that one isolate indexes by itself at most: some 0.1 ms of CPU each. The rest waits for the next file. */
export const OWN_PRODUCTS_MAX = 5000;

/**
 * The catalogue as it is searched: a segment read from a file, and over it one of the products that changed since. The
 * second is built anew when a product's words change; prices and stock are written in place.
 */
export interface CatalogueIndex {
	/** None is empty; the newer last. */
	readonly segments: readonly Segment[];
	readonly cursor: OverlayCursor;
	/** Version of the file; null: there is none. */
	readonly fileVersion: number | null;
	apply(changes: readonly SearchedChange[]): void;
}

export function createCatalogueIndex(file: { readonly segment: Segment; readonly version: number } | null): CatalogueIndex {
	const base = file?.segment ?? null;
	const groups = base?.codes.groups ?? createGroupCodes();
	const own = new Map<string, ReadProduct>();
	let delta: Segment | null = null;
	let cursor: OverlayCursor = { version: file?.version ?? 0, id: file === null ? "" : AFTER_ALL_IDS };

	/** @returns whether the delta has to be built anew */
	function applyOne(id: string, product: SearchedProduct | null): boolean {
		const before = own.get(id);
		const baseRow = base?.rowOf(id) ?? -1;
		if (product !== null && before === undefined && own.size >= OWN_PRODUCTS_MAX) {
			// No room: what the file has of it obeys in price and stock, and keeps its words until the next file.
			if (base !== null && baseRow !== -1) {
				writeProduct(base.columns, baseRow, product, base.codes);
				base.columns.hidden[baseRow] = 0;
			}
			return false;
		}
		if (base !== null && baseRow !== -1) base.columns.hidden[baseRow] = 1;
		if (product === null) {
			own.delete(id);
			const row = delta?.rowOf(id) ?? -1;
			if (delta !== null && row !== -1) delta.columns.hidden[row] = 1;
			return false;
		}
		if (before === undefined || wordsOf(before.product) !== wordsOf(product)) {
			own.set(id, readProduct(id, product));
			return true;
		}
		own.set(id, { ...before, product });
		const row = delta?.rowOf(id) ?? -1;
		if (delta === null || row === -1) return true;
		writeProduct(delta.columns, row, product, delta.codes);
		delta.columns.hidden[row] = 0;
		return false;
	}

	return {
		get segments() {
			return [base, delta].filter((segment) => segment !== null);
		},
		get cursor() {
			return cursor;
		},
		fileVersion: file?.version ?? null,
		apply(changes) {
			let isStale = false;
			for (const { id, version, product } of changes) {
				if (applyOne(id, product)) isStale = true;
				cursor = { version, id };
			}
			if (isStale) delta = own.size === 0 ? null : buildSegment([...own.values()], BM25F_WEIGHTS, groups);
		},
	};
}

/** All of a product that its index entry is made of. */
const wordsOf = ({ title, titles, brand, category, attributes, description, firstSeenAt }: SearchedProduct): string =>
	JSON.stringify([title, titles, brand, category, attributes, description, firstSeenAt]);
