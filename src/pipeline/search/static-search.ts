import type { Reason } from "../../contract/recommendation.ts";
import type { FoundItem, SearchRequest } from "../../contract/search.ts";
import { filtersNothing, passesFilter } from "../../rank/filter-product.ts";
import { dismissedIds } from "../../sequence/history.ts";
import { LANGUAGES } from "../../text/analyse.ts";
import type { Lexicon } from "../../text/correct.ts";
import { highlight } from "../../text/highlight.ts";
import { readQuery } from "../../text/query.ts";
import { tokensOf } from "../../text/tokens.ts";
import type { HotListSource, ListedProduct, SearchSource } from "../ports.ts";
import { ALL, STATIC_WAIT_MS } from "../static-answer.ts";
import { orNullWithin } from "../within.ts";
import type { SearchAnswer } from "./answer-search.ts";

/** Words that the database is asked for. */
const WORDS_MAX = 8;
/** Products that it is asked for at most; the filter may leave out many. */
const PRODUCTS_MAX = 300;

/** A lexicon that has every word and no other: the query as it was typed. */
const AS_TYPED: Lexicon = {
	languages: LANGUAGES,
	holders: () => Number.POSITIVE_INFINITY,
	together: () => Number.POSITIVE_INFINITY,
	near: () => [],
	beginning: () => [],
};

/**
 * The last rung, while no index is at hand: what the catalogue's database holds under the words, else what is popular,
 * else nothing. No facets.
 */
export async function searchWithout(source: SearchSource, lists: HotListSource, request: SearchRequest): Promise<SearchAnswer> {
	const { query, filter, history, offset, limit, facets, explain, variants } = request;
	const words = [...new Set(tokensOf(query))].slice(0, WORDS_MAX);
	const out = dismissedIds(history);
	const passes = (product: ListedProduct) => passesFilter(product, filter) && !out.has(product.id);
	const one = variants === "fold" ? onePerGroup : (products: readonly ListedProduct[]) => products;
	const found = one((await orNullWithin(STATIC_WAIT_MS, source.holding(words, PRODUCTS_MAX)))?.filter(passes) ?? []);
	const popular = found.length >= offset + limit ? [] : await popularProducts(lists, filter.category ?? [], passes);
	const holding = new Set(found.map(({ id }) => id));
	const all: readonly Listed[] = one([...found, ...popular.filter(({ id }) => !holding.has(id))]);
	const ids = all.length > 0 || !filtersNothing(filter) ? [] : ((await orNullWithin(STATIC_WAIT_MS, lists.staticIds())) ?? []);
	const listed: Listed[] = [...all, ...ids.filter((id) => !out.has(id)).map((id) => ({ id }))];
	const terms = new Set(readQuery(query, AS_TYPED).flatMap(({ ways }) => ways.flatMap((way) => way.terms)));
	return {
		source: "static",
		ignored: 0,
		total: found.length,
		corrected: null,
		relaxed: found.length > 0 ? null : { by: "popular", without: words },
		items: listed.slice(offset, offset + limit).map((product, place) => {
			const holds = holding.has(product.id);
			const reason: Reason = holds ? { kind: "found", words } : { kind: "popular" };
			return { ...itemOf(product, holds ? [] : words, terms, place), ...(explain && { reason }) };
		}),
		facets: facets.map((name) => ({ name, values: [] })),
		price: null,
	};
}

/** Of each product the first variant. */
function onePerGroup(products: readonly ListedProduct[]): ListedProduct[] {
	const taken = new Set<string>();
	return products.filter(({ id, group }) => {
		const product = group ? `group ${group}` : `id ${id}`;
		return !taken.has(product) && taken.add(product);
	});
}

type Listed = Pick<ListedProduct, "id"> & Partial<ListedProduct>;

async function popularProducts(lists: HotListSource, categories: readonly string[], passes: (product: ListedProduct) => boolean) {
	return (await orNullWithin(STATIC_WAIT_MS, lists.products(categories, ALL)))?.filter(passes) ?? [];
}

function itemOf({ id, title = "" }: Listed, missing: string[], terms: ReadonlySet<string>, place: number): FoundItem {
	const marks = highlight(title, terms).map(([from, to]): [number, number] => [from, to]);
	return { id, score: 1 / (place + 1), missing: [...missing], title, marks };
}
