import { defineEdgeShelf } from "../../client/element.ts";
import { createEdgeshelf } from "../../client/index.ts";
import { createCart } from "./cart.ts";
import { catalogueOf, type Language } from "./catalogue.ts";
import { consentBar } from "./consent-bar.ts";
import { h } from "./dom.ts";
import { header } from "./header.ts";
import { createJournal } from "./journal.ts";
import { cartPage } from "./pages/cart.ts";
import { categoryPage } from "./pages/category.ts";
import { homePage } from "./pages/home.ts";
import { productPage } from "./pages/product.ts";
import { searchPage } from "./pages/search.ts";
import { panel } from "./panel.ts";
import { addressOf, chosenLanguage, type Place, placeOf } from "./routes.ts";
import { type Page, priceIn, productHref, type Shop, titleIn, worth } from "./shop.ts";
import { EN } from "./words/en.ts";
import { ZH } from "./words/zh.ts";

const WORDS = { en: EN, zh: ZH };

const journal = createJournal();
const client = createEdgeshelf({ remember: "device", surroundings: journal.surroundings });
const cart = createCart(() => localStorage, client.mayTell);
client.onChange(cart.keep);
const catalogue = catalogueOf(await (await fetch("/catalogue.json")).json());

const query = () => new URLSearchParams(location.search);
const languageNow = (): Language => chosenLanguage(query()) ?? (navigator.language.startsWith("zh") ? "zh" : "en");
const shopIn = (language: Language): Shop => ({
	client,
	catalogue,
	cart,
	journal,
	language,
	words: WORDS[language],
	hrefOf: (place) => addressOf(place, chosenLanguage(query())),
	go: (place) => move(addressOf(place, chosenLanguage(query()))),
	onLeave: (stop) => void stops.push(stop),
});
/** What ends with the page that is shown. */
const stops: (() => void)[] = [];
let shop = shopIn(languageNow());

defineEdgeShelf(client, {
	words: () => shop.words.shelf,
	card(id) {
		const product = catalogue.product(id);
		if (product === undefined) return undefined;
		const { brand, image } = product;
		return {
			title: titleIn(shop, product),
			href: productHref(shop, product),
			image,
			brand,
			price: priceIn(shop, product),
			...worth(product),
		};
	},
});

function pageOf(place: Place): Page {
	switch (place.page) {
		case "home":
			return homePage(shop);
		case "category":
		case "department":
			return categoryPage(shop, place);
		case "product":
			return productPage(shop, place.item);
		case "search":
			return searchPage(shop, place.query);
		case "cart":
			return cartPage(shop);
	}
}

/** Draws the page that the address names. */
function draw() {
	for (const stop of stops.splice(0)) stop();
	shop = shopIn(languageNow());
	const { words, language } = shop;
	const place = placeOf(query());
	const { title, content } = pageOf(place);
	const dialog = panel(shop);
	const other = language === "en" ? "zh" : "en";
	const bar = consentBar(shop);
	document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
	document.title = title;
	document.body.replaceChildren(
		h("a", { class: "skip", href: "#main" }, words.skip),
		header(shop, place, () => dialog.showModal(), addressOf(place, other)),
		h("main", { id: "main", tabindex: -1 }, content),
		h(
			"footer",
			{ class: "bottom" },
			h("p", {}, words.footer),
			h("p", {}, h("a", { href: "/docs" }, words.apiDocs), " · ", h("a", { href: "/openapi.json" }, "OpenAPI")),
		),
		...(bar ? [bar] : []),
		dialog,
	);
}

/** To another place of the shop, as a click on a link would go. */
function move(address: string) {
	history.pushState(null, "", address);
	draw();
	scrollTo(0, 0);
	document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
	const link = event.composedPath().find((each): each is HTMLAnchorElement => each instanceof HTMLAnchorElement);
	const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
	if (!link || !isPlain || link.origin !== location.origin || link.pathname !== "/" || link.hash !== "") return;
	event.preventDefault();
	move(link.href);
});
addEventListener("popstate", draw);
draw();
