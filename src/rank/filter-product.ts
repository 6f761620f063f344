import type { FilterValues } from "./filter-rows.ts";

/** A product's own values, where no release with its columns is at hand. */
export type FilterableProduct = {
	readonly category?: string | null;
	readonly brand?: string | null;
	readonly price?: number | null;
	readonly stock?: number | null;
	readonly attributes?: Readonly<Record<string, string>>;
};

/** The filter of `filter-rows.ts` for one product: same rules, no columns. */
export function passesFilter(product: FilterableProduct, filter: FilterValues): boolean {
	if (product.stock === 0 && filter.inStock !== false) return false;
	if (filter.category !== undefined && !filter.category.includes(product.category ?? "")) return false;
	if (filter.price !== undefined) {
		const price = product.price ?? null;
		if (price === null && (filter.price.gte !== undefined || filter.price.lte !== undefined)) return false;
		if (price !== null && (price < (filter.price.gte ?? 0) || price > (filter.price.lte ?? Number.POSITIVE_INFINITY))) return false;
	}
	return Object.entries(filter.attributes ?? {}).every(([name, values]) => {
		const value = (name === "brand" ? product.brand : null) ?? ownValue(product.attributes ?? {}, name);
		return value !== undefined && values.includes(value);
	});
}

/** An attribute may be called as something that every object inherits, such as "constructor". */
const ownValue = (values: Readonly<Record<string, string>>, name: string): string | undefined =>
	Object.hasOwn(values, name) ? values[name] : undefined;

/** Whether a list whose products are not known can be trusted to pass. */
export const filtersNothing = (filter: FilterValues): boolean =>
	filter.category === undefined &&
	filter.price === undefined &&
	filter.inStock !== true &&
	Object.keys(filter.attributes ?? {}).length === 0;
