import type { Product } from "./catalogue.ts";
import type { Shop } from "./shop.ts";

/** Results asked for. */
const LIMIT = 100;
const SUGGESTIONS = 8;

export type Found = {
	readonly products: readonly Product[];
	/** `service`: by /v1/search; `titles`: by the page itself, since that does not answer. */
	readonly by: "service" | "titles";
};

type SearchAnswer = { readonly items?: readonly { readonly id: string }[] };
type SuggestAnswer = { readonly suggestions?: readonly (string | { readonly text?: string; readonly query?: string })[] };

/** Products for a query, best first. */
export async function search({ client, catalogue }: Shop, query: string): Promise<Found> {
	try {
		const { items = [] } = (await client.post("/v1/search", { query, limit: LIMIT })) as SearchAnswer;
		return { by: "service", products: items.flatMap(({ id }) => catalogue.product(id) ?? []) };
	} catch {
		return { by: "titles", products: byTitle(catalogue.products, query) };
	}
}

/** Completions of what was typed so far; without the service, names of categories that hold it. */
export async function suggest({ client, catalogue, language }: Shop, typed: string): Promise<string[]> {
	try {
		const { suggestions = [] } = (await client.post("/v1/suggest", { query: typed, limit: SUGGESTIONS })) as SuggestAnswer;
		return suggestions.flatMap((each) => (typeof each === "string" ? each : (each.text ?? each.query ?? [])));
	} catch {
		const sought = typed.toLowerCase();
		const names = catalogue.categories.map((category) => category[language]);
		return names.filter((name) => name.toLowerCase().includes(sought)).slice(0, SUGGESTIONS);
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
