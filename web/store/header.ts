import { h, icon } from "./dom.ts";
import type { Place } from "./routes.ts";
import { nextSearches, suggest } from "./search.ts";
import type { Shop } from "./shop.ts";

const CART = "M3 4h2.5l2.2 11h10.6L21 7.5H6.3M9.5 20a.6.6 0 1 0 0-.1M17 20a.6.6 0 1 0 0-.1";
const SEARCH = "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.4 15.4 21 21";
const EYE = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z";
/** Pause in typing after which suggestions are asked for, milliseconds. */
const TYPING_MS = 120;
/** As the API takes it. */
const QUERY_MAX_LENGTH = 200;

export function header(shop: Shop, place: Place, openPanel: () => void, otherLanguageHref: string): HTMLElement {
	const { words, catalogue, cart, hrefOf, language, onLeave } = shop;
	const pieces = h("span", { class: "pieces" });
	const toCart = h(
		"a",
		{ class: "tool", href: hrefOf({ page: "cart" }) },
		icon(CART),
		h("span", { class: "tool-name" }, words.cart),
		" ",
		pieces,
	);
	function count() {
		const all = cart.pieces();
		pieces.textContent = String(all);
		pieces.hidden = all === 0;
	}
	onLeave(cart.onChange(count));
	count();
	const here =
		place.page === "department" ? place.department : place.page === "category" ? catalogue.category(place.category)?.department : "";
	return h(
		"header",
		{ class: "top" },
		h(
			"div",
			{ class: "bar" },
			h(
				"a",
				{ class: "logo", href: hrefOf({ page: "home" }) },
				h("img", { src: "/icon.svg", alt: "", width: 34, height: 34 }),
				h("span", {}, words.shop),
				h("small", {}, words.tagline),
			),
			searchBox(shop, place.page === "search" ? place.query : ""),
			h(
				"div",
				{ class: "tools" },
				h(
					"button",
					{ type: "button", class: "tool", id: "open-panel", "aria-haspopup": "dialog", "aria-label": words.panel, onclick: openPanel },
					icon(EYE),
					h("span", { class: "tool-name" }, words.panel),
				),
				h(
					"a",
					{ class: "tool", href: otherLanguageHref, hreflang: language === "en" ? "zh" : "en", lang: language === "en" ? "zh" : "en" },
					words.otherLanguage,
				),
				toCart,
			),
		),
		h(
			"nav",
			{ class: "menu", "aria-label": words.departments },
			h(
				"ul",
				{},
				catalogue.departments.map((department) =>
					h(
						"li",
						{},
						h(
							"a",
							{ href: hrefOf({ page: "department", department }), "aria-current": department === here ? "true" : null },
							words.department(department),
						),
					),
				),
			),
		),
	);
}

/** The search field, with suggestions as a list that the arrow keys walk. @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
function searchBox(shop: Shop, query: string): HTMLElement {
	const { words, go } = shop;
	const list = h("ul", { id: "suggestions", role: "listbox", "aria-label": words.suggestions, hidden: true });
	const field = h("input", {
		type: "search",
		id: "search",
		role: "combobox",
		"aria-label": words.search,
		"aria-autocomplete": "list",
		"aria-controls": "suggestions",
		"aria-expanded": "false",
		autocomplete: "off",
		maxlength: QUERY_MAX_LENGTH,
		placeholder: words.searchHint,
		value: query,
		oninput: plan,
		onfocus: () => field.value.trim() === "" && plan(),
		onkeydown: (event) => walk(event as KeyboardEvent),
		onblur: close,
	});
	let timer = 0;
	let chosen = -1;
	function show(texts: readonly string[]) {
		chosen = -1;
		list.replaceChildren(
			...texts.map((text, at) =>
				// Before the field loses its focus, and the list with it.
				h("li", { role: "option", id: `suggestion-${at}`, "aria-selected": "false", onpointerdown: () => submit(text) }, text),
			),
		);
		list.hidden = texts.length === 0;
		field.setAttribute("aria-expanded", String(texts.length > 0));
		field.removeAttribute("aria-activedescendant");
	}
	function close() {
		clearTimeout(timer);
		show([]);
	}
	function plan() {
		clearTimeout(timer);
		const typed = field.value.trim();
		if (typed === "") show([]);
		timer = window.setTimeout(async () => {
			const texts = typed === "" ? await nextSearches(shop) : await suggest(shop, typed);
			if (field.value.trim() === typed && document.activeElement === field) show(texts);
		}, TYPING_MS);
	}
	function walk(event: KeyboardEvent) {
		const options = [...list.children];
		if (event.key === "Escape") close();
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step === undefined || options.length === 0) return;
		event.preventDefault();
		chosen = (chosen + step + options.length) % options.length;
		for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === chosen));
		field.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
	}
	function submit(text: string) {
		field.value = text;
		close();
		if (text.trim() !== "") go({ page: "search", query: text.trim() });
	}
	function onsubmit(event: Event) {
		event.preventDefault();
		submit(list.children[chosen]?.textContent ?? field.value);
	}
	return h(
		"form",
		{ class: "search", role: "search", onsubmit },
		field,
		h("button", { type: "submit", "aria-label": words.search }, icon(SEARCH)),
		list,
	);
}
