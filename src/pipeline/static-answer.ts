import type { Filter, Reason, RecommendationRequest, RecommendedItem } from "../contract/recommendation.ts";
import { filtersNothing, passesFilter } from "../rank/filter-product.ts";
import { dismissedIds } from "../sequence/history.ts";
import type { Answer } from "./answer.ts";
import type { HotListSource, ListedProduct } from "./ports.ts";
import type { AnsweredShelf } from "./shelves/answer-shelves.ts";
import { isFromHistory, type ShelfFrame, type ShelfSpec } from "./shelves/pool.ts";
import { orNullWithin } from "./within.ts";

/** Longest wait for a list while no release is at hand, milliseconds: a first answer should come within 50. */
export const STATIC_WAIT_MS = 40;
/** Time for which a list is used again, seconds. */
const STATIC_KEPT_SECONDS = 10;

/** As many products as are read for one answer. */
export const ALL = Number.POSITIVE_INFINITY;

/** A product as far as it is known here. */
type Listed = Pick<ListedProduct, "id"> & Partial<ListedProduct>;

/** The last rung: a list without any model, for the time until a release is loaded. */
export interface StaticList {
	answer(request: RecommendationRequest, now: number): Promise<Answer>;
	/** The same for shelves, with no product twice. */
	shelves(frame: ShelfFrame, specs: readonly ShelfSpec[], now: number): Promise<AnsweredShelf[]>;
}

/**
 * Reads products from the database, whose values can be filtered; else ids put by at the last activation, which answer
 * only where nothing filters; else what this isolate had last; else nothing.
 */
export function createStaticList(source: HotListSource): StaticList {
	/** By categories, and whether the list is whole. */
	const kept = new Map<string, { readonly products: readonly ListedProduct[]; readonly most: number; readonly at: number }>();
	let lastIds: readonly string[] = [];

	/** @returns `isRead`: from the database, now or some seconds ago; `isWhole`: no more than these can be read */
	async function productsFor(categories: readonly string[], most: number, now: number) {
		const keyOf = (isWhole: boolean) => JSON.stringify([isWhole, ...categories]);
		const [whole, some] = [kept.get(keyOf(true)), kept.get(keyOf(false))];
		const current = [whole, some].find((list) => list !== undefined && list.most >= most && now - list.at < STATIC_KEPT_SECONDS);
		if (current !== undefined) return { products: current.products, isRead: true, isWhole: current === whole };
		const products = await orNullWithin(STATIC_WAIT_MS, source.products(categories, most));
		if (products === null) return { products: (whole ?? some)?.products ?? [], isRead: false, isWhole: whole !== undefined };
		const isWhole = products.length < most;
		if (kept.size > 32) kept.clear();
		kept.set(keyOf(isWhole), { products, most: isWhole ? ALL : most, at: now });
		return { products, isRead: true, isWhole };
	}

	/**
	 * What passes the filter; of ids alone only their order is known.
	 * @param most products to look at
	 * @returns `more`: there are others to look at
	 */
	async function passing(
		filter: Filter,
		now: number,
		most: number,
	): Promise<{ readonly listed: readonly Listed[]; readonly more: boolean }> {
		const ids = orNullWithin(STATIC_WAIT_MS, source.staticIds());
		const { products, isRead, isWhole } = await productsFor(filter.category ?? [], most, now);
		const listed: Listed[] = products.filter((product) => passesFilter(product, filter));
		const isShort = products.length === 0 || !(isRead || isWhole);
		if (!filtersNothing(filter) || !isShort) return { listed, more: isRead && !isWhole };
		lastIds = (await ids) ?? lastIds;
		const known = new Set(products.map(({ id }) => id));
		return { listed: [...listed, ...lastIds.filter((id) => !known.has(id)).map((id) => ({ id }))], more: false };
	}

	/** What a history holds itself, newest first; unchecked where the database is out of reach and nothing filters. */
	async function fromHistory({ history }: ShelfFrame, { shelf, filter }: ShelfSpec): Promise<readonly Listed[]> {
		const entries = history.filter(({ event }) => shelf === "recently-viewed" || event === "purchase");
		const ids = [...new Set(entries.flatMap(({ item }) => item ?? []).reverse())];
		if (ids.length === 0) return [];
		const products = await orNullWithin(STATIC_WAIT_MS, source.named(ids));
		if (products === null) return filtersNothing(filter) ? ids.map((id) => ({ id })) : [];
		const known = new Map(products.map((product) => [product.id, product]));
		return ids.flatMap((id) => known.get(id) ?? []).filter((product) => passesFilter(product, filter));
	}

	return {
		async answer(request, now) {
			const { filter, limit } = request;
			const out = leftOut(request, request.excludeSeen, request.item);
			// What an isolate does first keeps its shoppers waiting, and most lists are full from a few products.
			const few = filtersNothing(filter) ? 2 * limit + out.size : ALL;
			let found: readonly Listed[] = [];
			for (const most of [few, ALL]) {
				const { listed, more } = await passing(filter, now, most);
				found = listed.filter(({ id }) => !out.has(id)).slice(0, limit);
				if (found.length === limit || !more) break;
			}
			return { source: "static", ignored: 0, items: itemsOf(found, request.explain, { kind: "popular" }) };
		},
		async shelves(frame, specs, now) {
			const taken = new Set<string>();
			const answered: AnsweredShelf[] = [];
			for (const [asked, spec] of specs.entries()) {
				const { shelf, item, items, limit } = spec;
				const own = isFromHistory(shelf);
				const out = leftOut(frame, frame.excludeSeen && !own, item);
				for (const id of items) out.add(id);
				const found: Listed[] = [];
				for (const product of own ? await fromHistory(frame, spec) : (await passing(spec.filter, now, ALL)).listed) {
					const key = product.group ? `group ${product.group}` : `id ${product.id}`;
					if (found.length >= limit || out.has(product.id) || taken.has(key)) continue;
					taken.add(key);
					found.push(product);
				}
				const kind = shelf === "recently-viewed" ? "viewed" : own ? "bought" : "popular";
				answered.push({ asked, shelf, source: "static", items: itemsOf(found, frame.explain, { kind }), expected: 0 });
			}
			return answered;
		},
	};
}

/** Nothing can be known of a history here; what it holds is left out all the same, and what it dismisses in any case. */
function leftOut({ history, exclude }: Pick<ShelfFrame, "history" | "exclude">, excludeSeen: boolean, item: string | null): Set<string> {
	const out = new Set([...exclude, item ?? "", ...dismissedIds(history)]);
	if (excludeSeen) for (const entry of history) if (entry.item !== undefined) out.add(entry.item);
	return out;
}

const itemsOf = (listed: readonly Listed[], explains: boolean, reason: Reason): RecommendedItem[] =>
	listed.map(({ id }, place) => ({ id, score: 1 / (place + 1), ...(explains && { reason }) }));
