import type { Consent, HistoryEntry, Question } from "./types.ts";

/** A request as `fetch` takes it; without a body it is a GET that anyone may share. */
export type Asking = { readonly path: string; readonly body?: string };

/** A question with the history of the one who asks, and the word on being learnt from that was given. */
export function personalAsking({ shelf, diversity, novelty, ...rest }: Question, history: readonly HistoryEntry[], word: Consent): Asking {
	return shelf
		? { path: `/v1/shelves/${shelf}`, body: JSON.stringify({ ...rest, history }) }
		: { path: "/v1/recommendations", body: JSON.stringify({ ...rest, diversity, novelty, consent: word ?? undefined, history }) };
}

/**
 * The same question without anything of the one who asks.
 * @returns null for shelves that hold what the history holds
 */
export function publicAsking({ shelf = "personal", surface, item, items, limit, filter, explain, language }: Question): Asking | null {
	if (shelf === "recently-viewed" || shelf === "buy-again") return null;
	const about = item ?? items?.at(-1);
	const isAboutItem = shelf === "similar" || shelf === "bought-together";
	const isOwnList = shelf === "personal" || (isAboutItem && about === undefined);
	const query = new URLSearchParams();
	const put = (name: string, value: string | number | boolean | undefined) => {
		if (value !== undefined) query.set(name, String(value));
	};
	put("category", filter?.category?.[0]);
	put("limit", limit);
	put("explain", explain);
	if (explain) put("language", language);
	if (isOwnList) {
		put("surface", surface);
		put("item", item);
		return { path: `/v1/recommendations?${query}` };
	}
	put("priceFrom", filter?.price?.gte);
	put("priceTo", filter?.price?.lte);
	put("inStock", filter?.inStock);
	return { path: `/v1/${isAboutItem ? `items/${encodeURIComponent(about as string)}/` : ""}${shelf}?${query}` };
}
