import type * as v from "valibot";
import type { Filter } from "../contract/recommendation.ts";
import type { Codes, Columns } from "./columns.ts";

export type FilterValues = v.InferOutput<typeof Filter>;

/** A filter in codes; a name or value that nobody has matches nothing. */
export type CodedFilter = {
	/** null: any. */
	readonly categories: ReadonlySet<number> | null;
	readonly priceFrom: number | null;
	readonly priceTo: number | null;
	readonly soldOutToo: boolean;
	readonly attributes: readonly { readonly column: number; readonly values: ReadonlySet<number> }[];
	/** An attribute that no column has: no row passes. */
	readonly impossible: boolean;
};

/**
 * Sold-out products are left out unless the request says `inStock: false`, which lifts that rule.
 * Values of one name are alternatives; names combine by AND.
 */
export function codeFilter(filter: FilterValues, codes: Codes): CodedFilter {
	const attributes = Object.entries(filter.attributes ?? {}).map(([name, values]) => {
		const column = codes.attributeOf(name);
		return {
			column,
			values: new Set(values.map((value) => (column === -1 ? -1 : codes.valueOf(column, value))).filter((code) => code !== -1)),
		};
	});
	return {
		categories: filter.category === undefined ? null : new Set(filter.category.map(codes.categoryOf).filter((code) => code !== -1)),
		priceFrom: filter.price?.gte ?? null,
		priceTo: filter.price?.lte ?? null,
		soldOutToo: filter.inStock === false,
		attributes: attributes.filter(({ column }) => column !== -1),
		impossible: attributes.some(({ column }) => column === -1),
	};
}

/** Whether one row passes a filter, sold out or not. */
export function passesRow(columns: Columns, row: number, filter: CodedFilter): boolean {
	const { categories, priceFrom, priceTo, attributes, impossible } = filter;
	if (impossible || (categories !== null && !categories.has(columns.category[row] as number))) return false;
	const amount = columns.price[row] as number;
	if ((priceFrom !== null || priceTo !== null) && (amount < (priceFrom ?? 0) || amount > (priceTo ?? Number.POSITIVE_INFINITY)))
		return false;
	return attributes.every(({ column, values }) => values.has(columns.attributes[column]?.[row] ?? -1));
}

/**
 * Masks what may not be shown, before any scan, so that a filter never starves an answer.
 * @param masked shape [count] or longer; its first `count` are overwritten
 */
export function maskRows(columns: Columns, filter: CodedFilter, masked: Uint8Array): void {
	const { count, hidden, inStock, price, category } = columns;
	const { categories, priceFrom, priceTo, soldOutToo } = filter;
	if (filter.impossible) {
		masked.fill(1, 0, count);
		return;
	}
	if (soldOutToo) masked.set(hidden.subarray(0, count));
	else for (let row = 0; row < count; row++) masked[row] = (hidden[row] as number) | (1 - (inStock[row] as number));
	if (categories !== null) {
		for (let row = 0; row < count; row++) if (!categories.has(category[row] as number)) masked[row] = 1;
	}
	if (priceFrom !== null || priceTo !== null) {
		const from = priceFrom ?? 0;
		const to = priceTo ?? Number.POSITIVE_INFINITY;
		for (let row = 0; row < count; row++) {
			const amount = price[row] as number;
			// A price that is not known (-1) is in no range.
			if (amount < from || amount > to) masked[row] = 1;
		}
	}
	for (const { column, values } of filter.attributes) {
		const codes = columns.attributes[column];
		for (let row = 0; row < count; row++) if (!values.has(codes?.[row] ?? -1)) masked[row] = 1;
	}
}
