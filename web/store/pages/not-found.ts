import { h } from "../dom.ts";
import { type Page, type Shop, shelf } from "../shop.ts";

/** In the place of what the shop no longer has: something that it has. */
export function notFoundPage({ words }: Shop): Page {
	return {
		title: `${words.noProduct} · ${words.shop}`,
		content: [
			h("h1", { tabindex: -1 }, words.noProduct),
			h("p", { class: "lead" }, words.noProductText),
			shelf(words.forYou, { surface: "home", limit: 10 }),
		],
	};
}
