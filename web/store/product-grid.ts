import { type Language, onePerGroup, type Product, priceText } from "./catalogue.ts";
import { h } from "./dom.ts";
import { type Choice, countsOf, FACETS, type Facet, narrowed, noChoice, PRICE_EDGES, toggled } from "./facets.ts";
import { productCard } from "./product-card.ts";
import { type Offered, type Shop, worth } from "./shop.ts";

/** Cards shown at first, and with each "show more". */
const SHOWN = 24;
/** Cards whose pictures are fetched at once. */
const EAGER = 8;
/** Values that a facet lists at most. */
const VALUES_MAX = 12;

/** A list of products with facets to narrow it, one card a product. @param surface where it stands, for the events */
export function productGrid(shop: Shop, { products, recommendationId }: Offered, surface: string): HTMLElement {
	const { words } = shop;
	let choice = noChoice();
	let shown = SHOWN;
	const count = h("p", { class: "grid-count", role: "status" });
	const cards = h("ul", { class: "grid" });
	const facets = h("div", { class: "facets" });
	const summary = h("summary", {}, words.filter);
	const more = h("button", { type: "button", class: "button quiet", onclick: showMore }, words.showMore);

	function choose(next: Choice, id: string) {
		choice = next;
		shown = SHOWN;
		draw();
		// The facets are drawn anew; who uses the keyboard stays where they were.
		document.getElementById(id)?.focus();
	}
	function showMore() {
		const from = cards.children.length;
		shown += SHOWN;
		draw();
		cards.children[from]?.querySelector("a")?.focus();
	}
	function option(id: string, label: string, isChecked: boolean, then: () => Choice) {
		return h(
			"label",
			{ class: "option" },
			h("input", { type: "checkbox", id, checked: isChecked, onchange: () => choose(then(), id) }),
			h("span", {}, label),
		);
	}
	function facet(name: Facet) {
		const counts = countsOf(products, choice, name).slice(0, VALUES_MAX);
		if (counts.length < 2) return null;
		return h(
			"fieldset",
			{},
			h("legend", {}, words[name]),
			counts.map(([value, found]) =>
				option(`${name}-${value}`, `${facetLabel(shop, name, value)} (${found})`, choice.values[name].has(value), () =>
					toggled(choice, name, value),
				),
			),
		);
	}
	const card = (product: Product, position: number) =>
		productCard(shop, product, position < EAGER, () =>
			shop.client.track({ type: "click", item: product.id, surface, recommendationId, position, ...worth(product) }),
		);
	function draw() {
		const all = onePerGroup(narrowed(products, choice));
		const chosen = FACETS.reduce((sum, name) => sum + choice.values[name].size, choice.inStock ? 1 : 0);
		summary.textContent = words.filterWith(chosen);
		facets.replaceChildren(
			...FACETS.map(facet).filter((each) => each !== null),
			option("in-stock", words.onlyInStock, choice.inStock, () => ({ ...choice, inStock: !choice.inStock })),
			...(chosen > 0
				? [h("button", { type: "button", class: "button quiet", onclick: () => choose(noChoice(), "in-stock") }, words.clearFilter)]
				: []),
		);
		count.textContent = all.length === 0 ? words.noneLeft : words.productsIn(all.length);
		cards.replaceChildren(...all.slice(0, shown).map(card));
		more.hidden = all.length <= shown;
	}
	draw();
	// On a phone the facets are folded away; on a wide page they stand beside the products.
	const isWide = matchMedia("(min-width: 60rem)").matches;
	return h(
		"div",
		{ class: "browse" },
		h("details", { class: "filters", open: isWide }, summary, facets),
		h("div", { class: "found" }, count, cards, more),
	);
}

function facetLabel({ catalogue, language, words }: Shop, facet: Facet, value: string): string {
	switch (facet) {
		case "category":
			return catalogue.category(value)?.[language] ?? value;
		case "brand":
			return value;
		case "colour":
			return colourName(catalogue.colours[value]?.zh, value, language);
		case "price": {
			const band = Number(value);
			const edge = (at: number) =>
				PRICE_EDGES[at] === undefined ? null : priceText(PRICE_EDGES[at], "EUR", language).replace(/\.00$/, "");
			return words.priceBand(edge(band - 1), edge(band));
		}
	}
}

export const colourName = (chinese: string | undefined, key: string, language: Language): string =>
	language === "zh" && chinese !== undefined ? chinese : `${key[0]?.toUpperCase()}${key.slice(1)}`;

/** Room of the same size while the order of a list is asked for. */
export const gridSkeleton = (): HTMLElement =>
	h("div", { class: "browse waiting", "aria-busy": "true" }, h("div", { class: "filters" }), h("div", { class: "found" }));
