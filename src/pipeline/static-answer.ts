import type { RecommendationRequest } from "../contract/recommendation.ts";
import { filtersNothing, passesFilter } from "../rank/filter-product.ts";
import { dismissedIds } from "../sequence/history.ts";
import type { Answer } from "./answer.ts";
import type { HotListSource, ListedProduct } from "./ports.ts";
import { orNullWithin } from "./within.ts";

/** Longest wait for a list while no release is at hand, milliseconds: a first answer should come within 50. */
export const STATIC_WAIT_MS = 40;
/** Time for which a list is used again, seconds. */
const STATIC_KEPT_SECONDS = 10;

/** The last rung: a list without any model, for the time until a release is loaded. */
export interface StaticList {
	answer(request: RecommendationRequest, now: number): Promise<Answer>;
}

/**
 * Reads products from the database, whose values can be filtered; else ids put by at the last activation, which answer
 * only where nothing filters; else what this isolate had last; else nothing.
 */
export function createStaticList(source: HotListSource): StaticList {
	const kept = new Map<string, { readonly products: readonly ListedProduct[]; readonly at: number }>();
	let lastIds: readonly string[] = [];

	async function productsFor(categories: readonly string[], now: number): Promise<readonly ListedProduct[] | null> {
		const key = JSON.stringify(categories);
		const known = kept.get(key);
		if (known !== undefined && now - known.at < STATIC_KEPT_SECONDS) return known.products;
		const products = await orNullWithin(STATIC_WAIT_MS, source.products(categories));
		if (products === null) return known?.products ?? null;
		if (kept.size > 32) kept.clear();
		kept.set(key, { products, at: now });
		return products;
	}

	return {
		async answer(request, now) {
			const { filter, limit, explain } = request;
			// Nothing can be known of the history here; what it holds is left out all the same.
			const out = new Set([...request.exclude, request.item ?? ""]);
			for (const id of dismissedIds(request.history)) out.add(id);
			if (request.excludeSeen) for (const { item } of request.history) if (item !== undefined) out.add(item);
			const ids = orNullWithin(STATIC_WAIT_MS, source.staticIds());
			const products = await productsFor(filter.category ?? [], now);
			let passing: readonly string[] = products?.filter((product) => passesFilter(product, filter)).map(({ id }) => id) ?? [];
			if ((products === null || products.length === 0) && filtersNothing(filter)) {
				lastIds = (await ids) ?? lastIds;
				passing = lastIds;
			}
			const items = passing
				.filter((id) => !out.has(id))
				.slice(0, limit)
				.map((id, place) => ({ id, score: 1 / (place + 1), ...(explain && { reason: { kind: "popular" as const } }) }));
			return { source: "static", ignored: 0, items };
		},
	};
}
