import type { NamedRule, RulePreviewResponse } from "../../src/contract/rule.ts";
import { h } from "../store/dom.ts";
import type { Console } from "./context.ts";
import { historyOf } from "./history-input.ts";
import { card, empty, failureLine, field } from "./parts.ts";
import { inputOf, type RuleInput, ruleOf } from "./rule-input.ts";

const KINDS = [
	["pin", "Pin: these products stand from a place on"],
	["boost", "Boost: what matches is lifted"],
	["bury", "Bury: what matches sinks"],
	["filter", "Filter: only what matches is shown"],
] as const;

/** Makes a rule, or changes one; tries it out on one answer before it is stored. @param rule null: a new one */
export function ruleForm({ api, go }: Console, rule: NamedRule | null): HTMLElement {
	const start = inputOf(rule);
	const text = (name: keyof RuleInput, attributes: Record<string, string | number | boolean> = {}) =>
		h("input", { id: `rule-${name}`, value: String(start[name]), ...attributes });
	const area = (name: keyof RuleInput, rows: number) =>
		h("textarea", { id: `rule-${name}`, rows, spellcheck: "false" }, String(start[name]));
	const id = h("input", {
		id: "rule-id",
		value: rule?.id ?? "",
		required: true,
		disabled: rule !== null,
		pattern: "[a-z0-9][a-z0-9_\\-]{0,63}",
	});
	const kind = h(
		"select",
		{ id: "rule-kind", onchange: () => showFields() },
		...KINDS.map(([value, label]) => h("option", { value, selected: value === start.kind }, label)),
	);
	const controls = {
		surface: text("surface"),
		from: text("from", { type: "datetime-local" }),
		until: text("until", { type: "datetime-local" }),
		note: text("note", { maxlength: 500 }),
		items: area("items", 3),
		place: text("place", { type: "number", min: 1, max: 100 }),
		category: text("category"),
		priceFrom: text("priceFrom", { type: "number", min: 0 }),
		priceTo: text("priceTo", { type: "number", min: 0 }),
		attributes: area("attributes", 2),
		by: text("by", { type: "number", min: 0, max: 20, step: "any" }),
	};
	const enabled = h("input", { type: "checkbox", id: "rule-enabled", checked: start.enabled });
	const input = (): RuleInput => ({
		kind: kind.value,
		enabled: enabled.checked,
		...(Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value])) as Record<keyof typeof controls, string>),
	});
	const pinned = h(
		"div",
		{ class: "row" },
		field("Products", controls.items, "Ids, a line each."),
		field("From place", controls.place, "1 is the first."),
	);
	const by = field("By", controls.by, "In units of the fused score, up to 20.");
	const matching = h(
		"div",
		{ class: "row" },
		field("Categories", controls.category, "By commas; any of them."),
		field("Price from", controls.priceFrom, "In the minor unit."),
		field("Price to", controls.priceTo, "In the minor unit."),
		field("Attributes", controls.attributes, "Lines “name: value, value”."),
		by,
	);
	function showFields() {
		pinned.hidden = kind.value !== "pin";
		matching.hidden = kind.value === "pin";
		by.hidden = kind.value === "filter";
	}
	showFields();

	const told = h("div", {});
	async function save(event: Event) {
		event.preventDefault();
		try {
			await api.ask("PUT", `/admin/rules/${encodeURIComponent(id.value)}`, ruleOf(input()));
			go("#/rules");
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
		}
	}
	const history = h("textarea", { id: "preview-history", rows: 3, spellcheck: "false" });
	const shown = h("div", { class: "stack", "aria-live": "polite" });
	async function preview() {
		try {
			const said = input();
			const request = { history: historyOf(history.value), surface: said.surface.trim() || "home", limit: 10 };
			const body = { id: id.value || "preview", rule: ruleOf(said), request };
			shown.replaceChildren(beside((await api.ask<RulePreviewResponse>("POST", "/admin/rules/preview", body)).value));
		} catch (failure) {
			shown.replaceChildren(failureLine(failure));
		}
	}
	return card(
		rule === null ? "New rule" : `Rule ${rule.id}`,
		h(
			"form",
			{ onsubmit: (event) => void save(event) },
			h(
				"div",
				{ class: "row" },
				field("Id", id, "a-z, 0-9, - and _"),
				field("What it does", kind),
				field("Surface", controls.surface, "Empty: all."),
			),
			pinned,
			matching,
			h(
				"div",
				{ class: "row" },
				field("From (UTC)", controls.from, "Empty: at once."),
				field("Until (UTC)", controls.until, "Empty: for good."),
			),
			field("Note", controls.note),
			h("label", { class: "option" }, enabled, "Enabled"),
			told,
			h(
				"div",
				{ class: "row tight" },
				h("button", { type: "submit", class: "button" }, "Save"),
				rule === null ? null : h("a", { href: "#/rules", class: "button quiet" }, "Make a new one instead"),
			),
		),
		h("h3", {}, "Preview"),
		field("History, oldest first", history, "A line a product's id, or “? words”; may be empty. Nothing is stored or counted."),
		h("div", {}, h("button", { type: "button", class: "button quiet", onclick: () => void preview() }, "Preview")),
		shown,
	);
}

/** Both lists; what stands elsewhere or came in is marked. */
function beside({ before, after }: RulePreviewResponse): HTMLElement {
	const places = new Map(before.items.map(({ id }, at) => [id, at]));
	const list = (title: string, lines: readonly HTMLElement[]) =>
		h("div", {}, h("h4", {}, title), lines.length === 0 ? empty("Nothing is left to show.") : h("ol", { class: "places" }, ...lines));
	const moved = (id: string, at: number) => {
		const from = places.get(id);
		if (from === at) return h("li", {}, id);
		const word = from === undefined ? "new" : from > at ? `up ${from - at}` : `down ${at - from}`;
		return h("li", { class: "moved" }, h("span", {}, id), " ", h("small", {}, word));
	};
	return h(
		"div",
		{ class: "beside" },
		list(
			"Before",
			before.items.map(({ id }) => h("li", {}, id)),
		),
		list(
			"After",
			after.items.map(({ id }, at) => moved(id, at)),
		),
	);
}
