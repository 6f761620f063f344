import { FACET_MAX_VALUES, type SearchResponse } from "../../contract/search.ts";
import { countCodes, facetValues } from "../../rank/facets.ts";
import type { Hit } from "./find.ts";

type Facets = Pick<SearchResponse, "facets" | "price">;

/** Facet that is no attribute. */
const CATEGORY = "category";

/** Counts the values of the named facets, and the span of prices, over hits of any segments. */
export function countFacets(hits: readonly Pick<Hit, "segment" | "row">[], names: readonly string[]): Facets {
	const bySegment = Map.groupBy(hits, ({ segment }) => segment);
	const counts = names.map(() => new Map<string, number>());
	let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const [{ columns, codes }, own] of bySegment) {
		const rows = own.map(({ row }) => row);
		for (const [f, name] of names.entries()) {
			const attribute = name === CATEGORY ? -1 : codes.attributeOf(name);
			if (name !== CATEGORY && attribute === -1) continue;
			const values = name === CATEGORY ? codes.categoryNames() : codes.valueNames(attribute);
			const column = name === CATEGORY ? columns.category : columns.attributes[attribute];
			const sums = counts[f] as Map<string, number>;
			for (const [code, n] of countCodes(column, rows, values.length).entries()) {
				const value = values[code] as string;
				if (n > 0) sums.set(value, (sums.get(value) ?? 0) + n);
			}
		}
		for (const row of rows) {
			const price = columns.price[row] as number;
			if (price < 0) continue;
			if (price < from) from = price;
			if (price > to) to = price;
		}
	}
	return {
		facets: names.map((name, f) => ({ name, values: facetValues(counts[f] as Map<string, number>, FACET_MAX_VALUES) })),
		price: to < from ? null : { from, to },
	};
}
