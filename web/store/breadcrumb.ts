import { h } from "./dom.ts";
import type { Place } from "./routes.ts";
import type { Shop } from "./shop.ts";

/** The way from the home page to here. @param between places on the way, with their names */
export function breadcrumb({ words, hrefOf }: Shop, between: readonly (readonly [string, Place])[], here: string): HTMLElement {
	const way: readonly (readonly [string, Place])[] = [[words.home, { page: "home" }], ...between];
	return h(
		"nav",
		{ class: "breadcrumb", "aria-label": words.breadcrumb },
		h(
			"ol",
			{},
			way.map(([name, place]) => h("li", {}, h("a", { href: hrefOf(place) }, name))),
			h("li", { "aria-current": "page" }, here),
		),
	);
}
