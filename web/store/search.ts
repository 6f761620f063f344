import type { Product } from "./catalogue.ts";
import type { Offered, Shop } from "./shop.ts";

/** Results asked for. */
const LIMIT = 100;
const SUGGESTIONS = 8;

export type Found = Offered & {
	/** `service`: by /v1/search; `titles`: by the page itself, since that does not answer. */
	readonly by: "service" | "titles";
	/** The query as it was read, where words were corrected. */
	readonly corrected: string | null;
	/** Words without which the first products were found, since none has them all. */
	readonly without: readonly string[];
};

/** Products for a query, best first; none where the service has only what is popular to offer. */
export async function search({ client, catalogue }: Shop, query: string): Promise<Found> {
	try {
		const asked = { query, limit: LIMIT, surface: "search", variants: "all" };
		const { items, relaxed, corrected, recommendationId } = await client.post("/v1/search", asked);
		const products = relaxed?.by === "popular" ? [] : items.flatMap(({ id }) => catalogue.product(id) ?? []);
		return { by: "service", products, recommendationId, corrected, without: relaxed?.without ?? [] };
	} catch {
		return { by: "titles", products: byTitle(catalogue.products, query), recommendationId: null, corrected: null, without: [] };
	}
}

/** Completions of what was typed so far; without the service, names of categories that hold it. */
export async function suggest({ client, catalogue, language }: Shop, typed: string): Promise<string[]> {
	try {
		const { queries } = await client.post("/v1/suggest", { query: typed, limit: SUGGESTIONS }, false);
		return queries.map(({ query }) => query);
	} catch {
		const sought = typed.toLowerCase();
		const names = catalogue.categories.map((category) => category[language]);
		return names.filter((name) => name.toLowerCase().includes(sought)).slice(0, SUGGESTIONS);
	}
}

/** What this shopper is likely to search for next, by what is behind; nothing without the service. */
export async function nextSearches({ client }: Shop): Promise<string[]> {
	try {
		const { queries } = await client.post("/v1/suggest", { limit: SUGGESTIONS });
		return queries.map(({ query }) => query);
	} catch {
		return [];
	}
}

/** Letters in a row; in Chinese, which does not part its words, each character. */
const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [];

/** Products whose titles or categories hold every word of the query, as the beginning of a word. */
export function byTitle(products: readonly Product[], query: string): Product[] {
	const sought = wordsOf(query);
	if (sought.length === 0) return [];
	return products.filter((product) => {
		const has = wordsOf(`${product.en} ${product.category} ${product.zh}`);
		return sought.every((word) => has.some((held) => held.startsWith(word)));
	});
}
