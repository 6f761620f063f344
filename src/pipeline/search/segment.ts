import { ATTRIBUTE_COLUMNS_MAX } from "../../contract/product.ts";
import type { Columns } from "../../rank/columns.ts";
import { type Language, languageOf } from "../../text/analyse.ts";
import { type AnalysedProduct, analyseProduct, BM25F_WEIGHTS, type Bm25fWeights, type FieldTexts } from "../../text/bm25f.ts";
import { createMatcher } from "../../text/match.ts";
import { buildIndex, type SearchIndex } from "../../text/search-index.ts";
import { createCodes, createGroupCodes, type GroupCodes, type GrowingCodes } from "../codes.ts";
import type { SearchedProduct } from "../ports.ts";
import { type ProductColumns, writeProduct } from "../table.ts";
import { titleLines } from "./titles.ts";

/** Products that were indexed together. Rows are places in it; values may change in place, words may not. */
export type Segment = {
	readonly index: SearchIndex;
	readonly columns: Columns & ProductColumns;
	readonly codes: GrowingCodes;
	readonly matcher: ReturnType<typeof createMatcher>;
	/** By row. */
	readonly ids: readonly string[];
	/** Titles by row, as `titles.ts` writes them. */
	readonly titles: readonly string[];
	/** Unix seconds by row; 0 unknown. */
	readonly firstSeenAt: Uint32Array;
	/** 1: the request at hand may not be shown the row. */
	readonly masked: Uint8Array;
	rowOf(id: string): number;
};

/** A product with its words: they are read once, however often it is indexed. */
export type ReadProduct = { readonly id: string; readonly product: SearchedProduct; readonly analysed: AnalysedProduct };

export function readProduct(id: string, product: SearchedProduct): ReadProduct {
	return { id, product, analysed: analyseProduct(fieldsOf(product)) };
}

/** Texts by field. A title in a further language is read as such; other texts by the small words that they use. */
export function fieldsOf({ title, titles, brand, category, attributes, description }: SearchedProduct): FieldTexts {
	const own = languageOf(`${title} ${description ?? ""}`);
	const text = (value: string | null | undefined, language: Language = own) => (value ? [{ text: value, language }] : []);
	const further = Object.entries(titles ?? {}).flatMap(([tag, value]) => text(value, /^de\b/i.test(tag) ? "de" : "en"));
	return {
		title: [...text(title), ...further],
		brand: text(brand),
		category: text(category),
		attributes: Object.values(attributes).flatMap((value) => text(value)),
		description: text(description),
	};
}

/** @param groups in common with other segments of the index */
export function buildSegment(
	products: readonly ReadProduct[],
	weights: Bm25fWeights = BM25F_WEIGHTS,
	groups: GroupCodes = createGroupCodes(),
): Segment {
	const count = products.length;
	const codes = createCodes({ categories: [], attributes: columnNames(products).map((name) => ({ name, values: [] })) }, groups);
	const columns = {
		count,
		price: new Int32Array(count),
		category: new Int32Array(count),
		inStock: new Uint8Array(count),
		hidden: new Uint8Array(count),
		group: new Int32Array(count).fill(-1),
		attributes: [] as Int32Array[],
	};
	for (const [row, { product }] of products.entries()) writeProduct(columns, row, product, codes);
	return segmentOf({
		index: buildIndex(
			products.map(({ analysed }) => analysed),
			weights,
		),
		columns,
		codes,
		ids: products.map(({ id }) => id),
		titles: products.map(({ product }) => titleLines(product)),
		firstSeenAt: Uint32Array.from(products, ({ product }) => product.firstSeenAt),
	});
}

export function segmentOf(parts: Omit<Segment, "matcher" | "masked" | "rowOf">): Segment {
	const rows = new Map(parts.ids.map((id, row) => [id, row]));
	return {
		...parts,
		matcher: createMatcher(parts.index),
		masked: new Uint8Array(parts.ids.length),
		rowOf: (id) => rows.get(id) ?? -1,
	};
}

/** Names of the attributes that most products have, which can be filtered on; a brand counts as one. */
function columnNames(products: readonly ReadProduct[]): string[] {
	const counts = new Map<string, number>();
	for (const { product } of products) {
		const names = product.brand ? ["brand", ...Object.keys(product.attributes)] : Object.keys(product.attributes);
		for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return Array.from(counts)
		.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
		.slice(0, ATTRIBUTE_COLUMNS_MAX)
		.map(([name]) => name);
}
