import { breadcrumb } from "../breadcrumb.ts";
import type { Category, Product } from "../catalogue.ts";
import { h } from "../dom.ts";
import { colourName } from "../product-grid.ts";
import { type Page, priceIn, productHref, type Shop, shelf, titleIn, worth } from "../shop.ts";
import { notFoundPage } from "./not-found.ts";

/** Pieces at and below which the shop says how many are left. */
const LAST_PIECES = 4;

export function productPage(shop: Shop, item: string): Page {
	const { catalogue, words, client, language } = shop;
	const product = catalogue.product(item);
	const category = product && catalogue.category(product.category);
	if (product === undefined || category === undefined) return notFoundPage(shop);
	client.track({ type: "view", item, surface: "product", ...worth(product) });

	const title = titleIn(shop, product);
	return {
		title: `${title} · ${words.shop}`,
		content: [
			breadcrumb(
				shop,
				[
					[words.department(category.department), { page: "department", department: category.department }],
					[category[language], { page: "category", category: category.en }],
				],
				title,
			),
			h(
				"article",
				{ class: "product" },
				h("img", { class: "product-picture", src: product.image, alt: product[language], width: 400, height: 400, fetchpriority: "high" }),
				h(
					"div",
					{ class: "product-facts" },
					h("p", { class: "card-brand" }, product.brand),
					h("h1", { tabindex: -1 }, title),
					h("p", { class: "product-price" }, priceIn(shop, product)),
					h("p", {}, tale(shop, product, category)),
					variants(shop, product),
					stock(shop, product),
					buy(shop, product),
					details(shop, product, category),
				),
			),
			shelf(words.boughtTogether, { shelf: "bought-together", surface: "product", item, limit: 10 }),
			shelf(words.similar, { shelf: "similar", surface: "product", item, limit: 10 }),
		],
	};
}

const formOf = ({ language }: Shop, product: Product, category: Category) => category.forms[product.form]?.[language] ?? "";
const materialOf = ({ language }: Shop, product: Product, category: Category) => category.materials[product.material]?.[language] ?? "";

const tale = (shop: Shop, product: Product, category: Category) =>
	shop.words.tale(formOf(shop, product, category), materialOf(shop, product, category), product.pattern, product.style, category.season);

/** The other colours or sizes, each a page of its own. */
function variants(shop: Shop, product: Product): HTMLElement | null {
	const { catalogue, words, language } = shop;
	const all = catalogue.variants(product);
	if (all.length < 2) return null;
	const hasColours = new Set(all.map(({ colour }) => colour)).size > 1;
	const nameOf = ({ colour, size }: Product) => (hasColours ? colourName(catalogue.colours[colour]?.zh, colour, language) : size);
	return h(
		"nav",
		{ class: "variants", "aria-label": hasColours ? words.colour : words.size },
		h("p", {}, hasColours ? words.colour : words.size, ": ", h("strong", {}, nameOf(product))),
		h(
			"ul",
			{},
			all.map((each) =>
				h(
					"li",
					{},
					h(
						"a",
						{
							href: productHref(shop, each),
							"aria-current": each.id === product.id ? "page" : null,
							"aria-label": nameOf(each),
							title: nameOf(each),
						},
						hasColours ? h("img", { src: each.image, alt: "", width: 400, height: 400 }) : each.size,
					),
				),
			),
		),
	);
}

function stock({ words }: Shop, { stock: pieces }: Product): HTMLElement {
	const text = pieces === 0 ? words.soldOut : pieces <= LAST_PIECES ? words.lastPieces(pieces) : words.inStock;
	return h("p", { class: `stock ${pieces === 0 ? "none" : pieces <= LAST_PIECES ? "few" : "plenty"}` }, text);
}

function buy(shop: Shop, product: Product): HTMLElement {
	const { words, cart, client, hrefOf } = shop;
	const said = h("p", { class: "added", role: "status" });
	function add() {
		cart.add(product.id);
		client.track({ type: "cart", item: product.id, surface: "product", quantity: 1, ...worth(product) });
		said.replaceChildren(words.added, " ", h("a", { href: hrefOf({ page: "cart" }) }, words.toCart));
	}
	return h(
		"div",
		{ class: "buy" },
		h("button", { type: "button", class: "button wide", id: "add", disabled: product.stock === 0, onclick: add }, words.addToCart),
		said,
	);
}

function details(shop: Shop, product: Product, category: Category): HTMLElement {
	const { words, catalogue, language } = shop;
	const facts: readonly (readonly [string, string])[] = [
		[words.brand, product.brand],
		[words.category, category[language]],
		[words.material, materialOf(shop, product, category)],
		[words.colour, colourName(catalogue.colours[product.colour]?.zh, product.colour, language)],
		[words.size, product.size],
		[words.pattern, words.patternOf(product.pattern)],
	];
	return h(
		"section",
		{ class: "details", "aria-labelledby": "details" },
		h("h2", { id: "details" }, words.details),
		h(
			"dl",
			{},
			facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
		),
	);
}
