import { h } from "../dom.ts";
import { type Page, priceIn, productHref, type Shop, shelf, titleIn } from "../shop.ts";

/** What the pictures beside the greeting show: one product of each, in the colour named where there is one. */
const SHOWN_OFF = [
	["Coats", "mustard"],
	["Teapots", "forest"],
	["Lamps", "terracotta"],
	["Plant pots", "sage"],
	["Bags", "burgundy"],
	["Cups", "sky"],
] as const;
/** Categories that the shop puts forward this season; the first that is not what the shopper looks at already. */
const SEASON = ["Coats", "Candles"] as const;

export function homePage(shop: Shop): Page {
	const { words, client, catalogue, language, hrefOf } = shop;
	// It holds what the history holds: without one there is nothing to leave room for.
	const hasSeen = client.maySendHistory() && client.history().some(({ event }) => event === "view");
	const last = client.history().findLast(({ item }) => item !== undefined)?.item ?? "";
	const name = SEASON.find((each) => each !== catalogue.product(last)?.category) as string;
	const season = catalogue.category(name) ?? { en: name, zh: name };
	return {
		title: `${words.shop} · ${words.tagline}`,
		content: [
			h(
				"section",
				{ class: "hero" },
				h(
					"div",
					{ class: "hero-text" },
					h("h1", { tabindex: -1 }, words.heroTitle),
					h("p", {}, words.heroText),
					h(
						"p",
						{ class: "hero-actions" },
						h("a", { class: "button", href: hrefOf({ page: "department", department: "clothing" }) }, words.heroAction),
						h("a", { class: "button quiet", href: hrefOf({ page: "department", department: "home" }) }, words.heroSecond),
					),
				),
				h("ul", { class: "hero-pictures" }, heroPictures(shop)),
			),
			shelf(words.forYou, { surface: "home", limit: 10 }),
			shelf(words.trendingIn(season[language]), { shelf: "trending", surface: "home", category: season.en, limit: 10 }),
			departments(shop),
			shelf(words.fresh, { shelf: "new", surface: "home", limit: 10 }),
			...(hasSeen ? [shelf(words.recent, { shelf: "recently-viewed", surface: "home", limit: 10 })] : []),
		],
	};
}

function heroPictures(shop: Shop) {
	const { products } = shop.catalogue;
	const chosen = SHOWN_OFF.map(([category, colour]) => {
		const all = products.filter((product) => product.category === category);
		return all.find((product) => product.colour === colour) ?? all[0];
	});
	return chosen
		.filter((product) => product !== undefined)
		.map((product) =>
			h(
				"li",
				{},
				h(
					"a",
					{ href: productHref(shop, product), "aria-label": `${titleIn(shop, product)}, ${priceIn(shop, product)}` },
					h("img", { src: product.image, alt: "", width: 400, height: 400, fetchpriority: "high" }),
				),
			),
		);
}

function departments({ catalogue, words, language, hrefOf }: Shop): HTMLElement {
	return h(
		"section",
		{ class: "departments", "aria-labelledby": "departments" },
		h("h2", { id: "departments" }, words.categories),
		h(
			"ul",
			{},
			catalogue.departments.map((department) => {
				const categories = catalogue.categoriesOf(department);
				const picture = catalogue.products.find(({ category }) => category === categories[0]?.en)?.image;
				return h(
					"li",
					{},
					h(
						"a",
						{ href: hrefOf({ page: "department", department }) },
						h("img", { src: picture, alt: "", width: 400, height: 400, loading: "lazy" }),
						h("strong", {}, words.department(department)),
						h("span", {}, categories.map((category) => category[language]).join(language === "zh" ? "、" : ", ")),
					),
				);
			}),
		),
	);
}
