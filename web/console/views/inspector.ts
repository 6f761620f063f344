import type { Part, Reason, RecommendationResponse, RecommendedItem } from "../../../src/contract/recommendation.ts";
import { h } from "../../store/dom.ts";
import type { Answer } from "../api.ts";
import type { View } from "../context.ts";
import { count, figure, NOTHING } from "../format.ts";
import { historyOf } from "../history-input.ts";
import { card, empty, facts, failureLine, field, note, table, tag } from "../parts.ts";
import { colourOf } from "../plots/bars.ts";
import { svg } from "../plots/svg.ts";

const CONTRIBUTIONS: readonly (Part | "rules")[] = ["encoder", "transitions", "similar", "bought", "popular", "rules"];
const BAR_WIDTH = 180;

/** One recommendation taken apart; never counted as traffic. */
export const inspector: View = ({ api }) => {
	const history = h("textarea", {
		rows: 5,
		id: "history",
		spellcheck: "false",
		placeholder: "shoes-01-black\nshoes-02-navy cart\n? red scarf",
	});
	const surface = h("input", { value: "home", id: "surface", required: true });
	const category = h("input", { id: "category" });
	const limit = h("input", { type: "number", id: "limit", min: 1, max: 100, value: 10, required: true });
	const stock = h("input", { type: "checkbox", id: "in-stock" });
	const told = h("div", { class: "stack", "aria-live": "polite" });
	async function inspect(event: Event) {
		event.preventDefault();
		told.setAttribute("aria-busy", "true");
		try {
			const request = {
				history: historyOf(history.value),
				surface: surface.value.trim(),
				limit: limit.valueAsNumber,
				filter: { ...(category.value.trim() !== "" && { category: [category.value.trim()] }), ...(stock.checked && { inStock: true }) },
				explain: true,
			};
			told.replaceChildren(...answered(await api.ask<RecommendationResponse>("POST", "/admin/evaluate", request)));
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
		}
		told.removeAttribute("aria-busy");
	}
	return [
		h(
			"section",
			{ class: "card" },
			h("h2", {}, "A history"),
			h(
				"form",
				{ onsubmit: (event) => void inspect(event) },
				field(
					"History, oldest first",
					history,
					"A line an entry: a product's id, with view, click, cart, purchase or dismiss behind it, or “? words” for a search.",
				),
				h(
					"div",
					{ class: "row" },
					field("Surface", surface),
					field("Category", category, "Empty: all."),
					field("Items", limit),
					h("label", { class: "option" }, stock, "Only what is in stock"),
				),
				h("button", { type: "submit", class: "button" }, "Inspect"),
			),
		),
		told,
	];
};

function answered({ value, headers, milliseconds }: Answer<RecommendationResponse>): HTMLElement[] {
	const { source, release, ignored, rules, items } = value;
	const spans = [...(headers.get("server-timing") ?? "").matchAll(/([\w-]+);dur=([\d.]+)/g)];
	return [
		card(
			"Answer",
			facts([
				["Rung", tag(source, source === "personal" ? "good" : "warn")],
				["Release", release ?? NOTHING],
				["Entries that are not known", count(ignored)],
				["Rules in force", rules?.join(", ") ?? "none"],
				["Until it was here", `${figure(milliseconds, 1)} ms`],
				...spans.map(([, name = "", ms]) => [`Stage ${name}`, `${figure(Number(ms), 2)} ms`] as const),
			]),
			spans.length === 0 ? note("The clock moved in no stage.") : null,
		),
		items.length === 0 ? card("Items", empty("Nothing is left to show for this request.")) : itemsCard(items),
	];
}

function itemsCard(items: readonly RecommendedItem[]) {
	const parts = CONTRIBUTIONS.filter((part) => items.some(({ contributions }) => contributions?.[part]));
	const longest = Math.max(
		...items.map(({ contributions }) => Object.values(contributions ?? {}).reduce((sum, n) => sum + Math.abs(n), 0)),
		1e-9,
	);
	const key = (part: Part | "rules") => {
		const item = h("li", {});
		const box = svg("rect", { width: 12, height: 12, rx: 3, class: colourOf(CONTRIBUTIONS.indexOf(part)) });
		item.append(svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, box), part);
		return item;
	};
	return card(
		"Items",
		h("ul", { class: "legend" }, ...parts.map(key)),
		table<RecommendedItem>(
			"Items with score, reason and contributions",
			[
				["Item", ({ id }) => id],
				["Score", ({ score }) => figure(score, 3), "number"],
				["Reason", ({ reason }) => reasonOf(reason)],
				["Contributions", (item) => contributionBar(item, longest)],
			],
			items,
		),
	);
}

function reasonOf(reason: RecommendedItem["reason"]): string {
	if (reason === undefined) return NOTHING;
	const rules = reason.rules?.map((effect) => `${effect.rule} ${"by" in effect ? figure(effect.by, 1) : `at ${effect.place}`}`) ?? [];
	return [aboutOf(reason), ...rules].join(" · ");
}

function aboutOf(reason: Reason): string {
	if ("item" in reason) return `${reason.kind} ${reason.item}`;
	if (reason.kind === "searched") return `searched “${reason.query}”`;
	return reason.kind === "rule" ? `rule ${reason.rule}` : reason.kind;
}

/** Parts of a score side by side, as long as they are large; what takes away is hatched by an outline. */
function contributionBar({ contributions = {} }: RecommendedItem, longest: number): HTMLElement {
	let x = 0;
	const told = CONTRIBUTIONS.flatMap((part) => (contributions[part] ? [[part, contributions[part]] as const] : []));
	const boxes = told.map(([part, n]) => {
		const width = (Math.abs(n) / longest) * BAR_WIDTH;
		const box = svg(
			"rect",
			{ x, y: 1, width, height: 14, class: `${colourOf(CONTRIBUTIONS.indexOf(part))}${n < 0 ? " less" : ""}` },
			svg("title", {}, `${part} ${figure(n, 3)}`),
		);
		x += width;
		return box;
	});
	const place = h("div", {});
	const label = told.map(([part, n]) => `${part} ${figure(n, 3)}`).join(", ") || "none";
	place.append(svg("svg", { viewBox: `0 0 ${BAR_WIDTH} 16`, width: BAR_WIDTH, height: 16, role: "img", "aria-label": label }, ...boxes));
	return place;
}
