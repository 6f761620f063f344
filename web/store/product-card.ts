import type { Product } from "./catalogue.ts";
import { h } from "./dom.ts";
import { priceIn, productHref, type Shop, titleIn } from "./shop.ts";

/** A product in a grid: its picture, name, price, and how many variants there are. */
export function productCard(shop: Shop, product: Product, isEager: boolean, onclick: () => void): HTMLLIElement {
	const { catalogue, words, client } = shop;
	const variants = catalogue.variants(product);
	const hasColours = new Set(variants.map(({ colour }) => colour)).size > 1;
	const note = product.stock === 0 ? words.soldOut : variants.length > 1 ? (hasColours ? words.colours : words.sizes)(variants.length) : "";
	const ahead = () => client.prefetch({ shelf: "similar", surface: "product", item: product.id, limit: 10, explain: true });
	return h(
		"li",
		{ class: "card" },
		h(
			"a",
			{ href: productHref(shop, product), onclick, onpointerenter: ahead, onfocus: ahead },
			h("img", { src: product.image, alt: "", width: 400, height: 400, loading: isEager ? "eager" : "lazy", decoding: "async" }),
			h("span", { class: "card-brand" }, product.brand),
			h("span", { class: "card-title" }, titleIn(shop, product)),
			h("span", { class: "card-price" }, priceIn(shop, product)),
			h("span", { class: "card-note" }, note),
		),
	);
}
