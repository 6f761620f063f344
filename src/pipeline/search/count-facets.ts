import { FACET_MAX_VALUES, type SearchResponse } from "../../contract/search.ts";
import { countCodes, facetValues } from "../../rank/facets.ts";
import type { Place, Products } from "./products.ts";
import type { Segment } from "./segment.ts";

type Facets = Pick<SearchResponse, "facets" | "price">;

/** Facet that is no attribute. */
const CATEGORY = "category";

/**
 * Counts the values of the named facets over hits of any segments: of each value the products of which a variant has it, so
 * that it is what a filter on it would leave. The span of prices is that of all variants.
 */
export function countFacets(hits: readonly Place[], names: readonly string[], products: Products): Facets {
	const bySegment = Map.groupBy(hits, ({ segment }) => segment);
	const counts = names.map(() => new Map<string, number>());
	const variants = names.map(() => new Map<string, Set<number>>());
	let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const [segment, own] of bySegment) {
		const grouped = own.map((hit) => ({ row: hit.row, product: products.of(hit) })).filter(({ product }) => product < 0);
		const single = own.filter((hit) => products.of(hit) >= 0).map(({ row }) => row);
		for (const [f, name] of names.entries()) {
			const facet = columnOf(segment, name);
			if (facet === null) continue;
			const sums = counts[f] as Map<string, number>;
			for (const [code, n] of countCodes(facet.column, single, facet.values.length).entries()) {
				const value = facet.values[code] as string;
				if (n > 0) sums.set(value, (sums.get(value) ?? 0) + n);
			}
			const having = variants[f] as Map<string, Set<number>>;
			for (const { row, product } of grouped) {
				const value = facet.values[facet.column?.[row] ?? -1];
				if (value !== undefined) having.set(value, (having.get(value) ?? new Set()).add(product));
			}
		}
		for (const { row } of own) {
			const price = segment.columns.price[row] as number;
			if (price < 0) continue;
			if (price < from) from = price;
			if (price > to) to = price;
		}
	}
	for (const [f, having] of variants.entries()) {
		const sums = counts[f] as Map<string, number>;
		for (const [value, of] of having) sums.set(value, (sums.get(value) ?? 0) + of.size);
	}
	return {
		facets: names.map((name, f) => ({ name, values: facetValues(counts[f] as Map<string, number>, FACET_MAX_VALUES) })),
		price: to < from ? null : { from, to },
	};
}

/** Codes of a facet by row, and the values that they stand for; null where the segment has no such column. */
function columnOf({ columns, codes }: Segment, name: string) {
	if (name === CATEGORY) return { column: columns.category, values: codes.categoryNames() };
	const attribute = codes.attributeOf(name);
	return attribute === -1 ? null : { column: columns.attributes[attribute], values: codes.valueNames(attribute) };
}
