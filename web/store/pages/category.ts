import { breadcrumb } from "../breadcrumb.ts";
import { h } from "../dom.ts";
import { inPersonalOrder } from "../in-order.ts";
import { gridSkeleton, productGrid } from "../product-grid.ts";
import type { Place } from "../routes.ts";
import { type Page, type Shop, shelf } from "../shop.ts";
import { notFoundPage } from "./not-found.ts";

/** All products of a category, or of a department's categories, in the order that suits the shopper. */
export function categoryPage(shop: Shop, place: Extract<Place, { page: "category" | "department" }>): Page {
	const { catalogue, words, language, hrefOf } = shop;
	const category = place.page === "category" ? catalogue.category(place.category) : undefined;
	const department = category?.department ?? (place.page === "department" ? place.department : "");
	const siblings = catalogue.categoriesOf(department);
	if (siblings.length === 0) return notFoundPage(shop);

	const title = category?.[language] ?? words.department(department);
	const names = new Set((category ? [category] : siblings).map(({ en }) => en));
	const grid = h("div", {}, gridSkeleton());
	void inPersonalOrder(
		shop,
		catalogue.products.filter((product) => names.has(product.category)),
		"category",
	).then((offered) => grid.replaceChildren(productGrid(shop, offered, "category")));
	const chip = (to: Place, text: string, isHere: boolean) =>
		h("li", {}, h("a", { href: hrefOf(to), "aria-current": isHere ? "page" : null }, text));
	return {
		title: `${title} · ${words.shop}`,
		content: [
			breadcrumb(shop, category ? [[words.department(department), { page: "department", department }]] : [], title),
			h("h1", { tabindex: -1 }, title),
			h(
				"nav",
				{ class: "chips", "aria-label": words.categories },
				h(
					"ul",
					{},
					siblings.map((each) => chip({ page: "category", category: each.en }, each[language], each === category)),
				),
			),
			grid,
			shelf(words.trending, { shelf: "trending", surface: "category", limit: 10, ...(category && { category: category.en }) }),
		],
	};
}
