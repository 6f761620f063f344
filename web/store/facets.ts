import type { Product } from "./catalogue.ts";

/** What a list of products may be narrowed by. */
export const FACETS = ["category", "brand", "colour", "price"] as const;
export type Facet = (typeof FACETS)[number];

/** Upper edges of the price bands, minor unit; the last band is open. */
export const PRICE_EDGES = [2000, 5000, 10_000] as const;

/** Chosen values by facet; no value: all. */
export type Choice = { readonly values: Readonly<Record<Facet, ReadonlySet<string>>>; readonly inStock: boolean };

export const noChoice = (): Choice => ({
	values: { category: new Set(), brand: new Set(), colour: new Set(), price: new Set() },
	inStock: false,
});

/** Band of a price, from "0" for the cheapest. */
export const bandOf = (price: number): string => String(PRICE_EDGES.filter((edge) => price >= edge).length);

const facetValue = (product: Product, facet: Facet): string => (facet === "price" ? bandOf(product.price) : product[facet]);

const allows = (choice: Choice, product: Product, but?: Facet): boolean =>
	(!choice.inStock || product.stock > 0) &&
	FACETS.every((facet) => facet === but || choice.values[facet].size === 0 || choice.values[facet].has(facetValue(product, facet)));

export const narrowed = (products: readonly Product[], choice: Choice): Product[] => products.filter((product) => allows(choice, product));

/**
 * How many products each value of a facet would leave, the others' choices held.
 * @returns values in use, most first; price bands from cheap to dear; chosen ones stay, were it with 0
 */
export function countsOf(products: readonly Product[], choice: Choice, facet: Facet): [string, number][] {
	const counts = new Map([...choice.values[facet]].map((value) => [value, 0]));
	for (const product of products)
		if (allows(choice, product, facet)) counts.set(facetValue(product, facet), (counts.get(facetValue(product, facet)) ?? 0) + 1);
	return [...counts].sort(([a, n], [b, m]) => (facet === "price" ? Number(a) - Number(b) : m - n || a.localeCompare(b)));
}

/** The same choice with one value put in or taken out. */
export function toggled(choice: Choice, facet: Facet, value: string): Choice {
	const values = new Set(choice.values[facet]);
	if (!values.delete(value)) values.add(value);
	return { ...choice, values: { ...choice.values, [facet]: values } };
}
