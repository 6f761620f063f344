/**
 * A page's own server at the edge: asks for a list that anyone may see and writes it between the tags of `<edge-shelf>`,
 * so that there are products before any script has run. The browser then puts its own answer in their place.
 */
import type { Answer } from "../types.ts";
import type { Offer } from "./react.tsx";

/** Longest that the page waits for its shelf, milliseconds. */
const WAIT_MAX_MS = 150;

/** @returns none when Edgeshelf does not answer in time: the page is not held up */
export async function popularOffers(
	endpoint: string,
	category: string,
	offerOf: (id: string) => Offer | undefined,
	ask: typeof fetch = fetch,
): Promise<Offer[]> {
	try {
		const query = new URLSearchParams({ surface: "category", category, limit: "10" });
		const response = await ask(`${endpoint}/v1/recommendations?${query}`, { signal: AbortSignal.timeout(WAIT_MAX_MS) });
		const { items } = (await response.json()) as Answer;
		return items.flatMap(({ id }) => offerOf(id) ?? []);
	} catch {
		return [];
	}
}

const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

export function shelfHtml(category: string, offers: readonly Offer[]): string {
	const list = offers.map(({ title, href }) => `<li><a href="${escaped(href)}">${escaped(title)}</a></li>`).join("");
	return `<edge-shelf surface="category" category="${escaped(category)}" heading="${escaped(category)}"><ul>${list}</ul></edge-shelf>`;
}
