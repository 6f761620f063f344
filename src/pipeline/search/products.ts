import type { Segment } from "./segment.ts";

export type Place = { readonly segment: Segment; readonly row: number };

/** Which rows of a request's segments are one product, and so share one place of a list. */
export interface Products {
	/** Whether any two rows may be. */
	readonly folds: boolean;
	/** Number of a row's product: 0 and above where it is the row's own, below where it may have variants. */
	of(place: Place): number;
}

/**
 * @param segments of one index: they have their variant groups' codes in common
 * @param fold     false: each variant counts by itself
 */
export function productsOf(segments: readonly Segment[], fold = true): Products {
	const folds = fold && segments.some(({ codes }) => codes.groups.size > 0);
	const firsts = new Map<Segment, number>();
	let first = 0;
	for (const segment of segments) {
		firsts.set(segment, first);
		first += segment.index.count;
	}
	return {
		folds,
		of({ segment, row }) {
			const group = folds ? (segment.columns.group[row] as number) : -1;
			return group === -1 ? (firsts.get(segment) as number) + row : -1 - group;
		},
	};
}

/** Of each product the first place, in order. @param taken products that have one already; those of the list are added */
export function oneEach<T extends Place>(places: readonly T[], products: Products, taken = new Set<number>()): readonly T[] {
	if (!products.folds && taken.size === 0) return places;
	return places.filter((place) => {
		const product = products.of(place);
		return !taken.has(product) && taken.add(product);
	});
}

export function countProducts(places: readonly Place[], products: Products): number {
	return products.folds ? new Set(places.map(products.of)).size : places.length;
}
