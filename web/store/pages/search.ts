import { h } from "../dom.ts";
import { gridSkeleton, productGrid } from "../product-grid.ts";
import { search } from "../search.ts";
import { type Page, type Shop, shelf } from "../shop.ts";

export function searchPage(shop: Shop, query: string): Page {
	const { words, client } = shop;
	if (query === "")
		return {
			title: `${words.searchEmpty} · ${words.shop}`,
			content: [h("h1", { tabindex: -1 }, words.searchEmpty), shelf(words.forYou, { surface: "search", limit: 10 })],
		};
	client.track({ type: "search", query, surface: "search" });
	const heading = h("h1", { tabindex: -1 }, words.resultsFor(query));
	const found = h("div", {}, gridSkeleton());
	void search(shop, query).then((answer) => {
		const { products, by, corrected, without } = answer;
		const notes = [
			by === "titles" ? words.searchFallback : "",
			corrected === null ? "" : words.corrected(corrected),
			without.length === 0 ? "" : words.without(without.join(", ")),
		];
		if (products.length > 0)
			return found.replaceChildren(
				...notes.filter((note) => note !== "").map((note) => h("p", { class: "note", role: "status" }, note)),
				productGrid(shop, answer, "search"),
			);
		heading.textContent = words.noResults(query);
		found.replaceChildren(h("p", { class: "lead" }, words.noResultsText), shelf(words.forYou, { surface: "search", limit: 10 }));
	});
	return { title: `${words.resultsFor(query)} · ${words.shop}`, content: [heading, found] };
}
