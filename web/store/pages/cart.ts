import { randomId } from "../../../client/random-id.ts";
import { PIECES_MAX } from "../cart.ts";
import { type Product, priceText } from "../catalogue.ts";
import { h } from "../dom.ts";
import { type Page, priceIn, productHref, type Shop, shelf, titleIn, worth } from "../shop.ts";

export function cartPage(shop: Shop): Page {
	const { words } = shop;
	const content = h("div", { class: "cart-page" });
	draw(shop, content);
	return { title: `${words.cartTitle} · ${words.shop}`, content: [content] };
}

function draw(shop: Shop, content: HTMLElement): void {
	const { words, cart, catalogue, hrefOf } = shop;
	const lines = cart.lines().flatMap(([id, pieces]) => {
		const product = catalogue.product(id);
		return product === undefined ? [] : [{ product, pieces }];
	});
	if (lines.length === 0) {
		content.replaceChildren(
			h("h1", { tabindex: -1 }, words.cartEmpty),
			h("p", { class: "lead" }, words.cartEmptyText, " ", h("a", { href: hrefOf({ page: "home" }) }, words.keepShopping)),
			shelf(words.forYou, { surface: "cart", limit: 10 }),
		);
		return;
	}
	const total = lines.reduce((sum, { product, pieces }) => sum + product.price * pieces, 0);
	const redraw = () => draw(shop, content);
	const bought = content.querySelector("edge-shelf");
	const ids = lines.map(({ product }) => product.id);
	// The same element, so that its products change in place.
	if (bought !== null) bought.setAttribute("items", JSON.stringify(ids));
	content.replaceChildren(
		h("h1", { tabindex: -1 }, words.cartTitle),
		h(
			"div",
			{ class: "cart" },
			h(
				"ul",
				{ class: "cart-lines" },
				lines.map(({ product, pieces }) => cartLine(shop, product, pieces, redraw)),
			),
			h(
				"section",
				{ class: "cart-total", "aria-label": words.total },
				h("p", {}, h("span", {}, words.total), h("strong", {}, priceText(total, lines[0]?.product.currency ?? "EUR", shop.language))),
				h("button", { type: "button", class: "button wide", id: "buy", onclick: () => checkOut(shop, content, lines) }, words.checkout),
				h("p", { class: "soft" }, words.checkoutText),
			),
		),
		bought ?? shelf(words.goesWithCart, { shelf: "bought-together", surface: "cart", items: ids, limit: 10 }),
	);
}

function cartLine(shop: Shop, product: Product, pieces: number, redraw: () => void): HTMLLIElement {
	const { words, cart, client, catalogue, language } = shop;
	const title = titleIn(shop, product);
	function change(to: number) {
		const by = to - pieces;
		if (by === 0) return;
		cart.set(product.id, to);
		const quantity = Math.abs(by);
		client.track({ type: by > 0 ? "cart" : "uncart", item: product.id, surface: "cart", quantity, ...worth(product) });
		redraw();
		// What had the focus was drawn anew or is gone.
		(document.getElementById(`pieces-${product.id}`) ?? document.querySelector<HTMLElement>("main h1"))?.focus();
	}
	const options = Array.from({ length: Math.min(PIECES_MAX, Math.max(product.stock, pieces)) }, (_, i) =>
		h("option", { value: i + 1, selected: i + 1 === pieces }, String(i + 1)),
	);
	const colour = catalogue.colours[product.colour];
	return h(
		"li",
		{},
		h(
			"a",
			{ href: productHref(shop, product), tabindex: -1, "aria-hidden": "true" },
			h("img", { src: product.image, alt: "", width: 400, height: 400 }),
		),
		h(
			"div",
			{ class: "cart-name" },
			h("a", { href: productHref(shop, product) }, title),
			h("span", { class: "soft" }, `${product.brand} · ${language === "zh" ? (colour?.zh ?? "") : product.colour} · ${product.size}`),
		),
		h("strong", { class: "cart-price" }, priceIn(shop, product)),
		h(
			"div",
			{ class: "cart-controls" },
			h(
				"select",
				{
					id: `pieces-${product.id}`,
					"aria-label": words.piecesOf(title),
					onchange: (event) => change(Number((event.target as HTMLSelectElement).value)),
				},
				options,
			),
			h("button", { type: "button", class: "link", "aria-label": words.removeTitled(title), onclick: () => change(0) }, words.remove),
		),
	);
}

function checkOut(shop: Shop, content: HTMLElement, lines: readonly { readonly product: Product; readonly pieces: number }[]): void {
	const { words, cart, client, hrefOf } = shop;
	const order = randomId();
	for (const { product, pieces } of lines)
		client.track({ type: "purchase", item: product.id, order, quantity: pieces, surface: "checkout", ...worth(product, pieces) });
	cart.clear();
	const heading = h("h1", { tabindex: -1 }, words.bought);
	content.replaceChildren(
		heading,
		h("p", { class: "lead" }, words.boughtText, " ", h("a", { href: hrefOf({ page: "home" }) }, words.keepShopping)),
		shelf(words.forYou, { surface: "order", limit: 10 }),
	);
	heading.focus();
}
