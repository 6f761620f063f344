import { type Child, h } from "../store/dom.ts";
import { ApiFailure } from "./api.ts";

/** Parts of which all views are made. */

export const card = (title: string, ...content: readonly (Child | readonly Child[])[]): HTMLElement =>
	h("section", { class: "card" }, h("h2", {}, title), ...content);

export const note = (...content: readonly Child[]) => h("p", { class: "soft" }, ...content);
/** What a view says where there is nothing to show. */
export const empty = (text: string) => h("p", { class: "empty" }, text);
export const tag = (text: string, kind = "") => h("span", { class: `tag ${kind}` }, text);

export const button = (text: string, act: () => void, options: { readonly quiet?: boolean; readonly label?: string } = {}) =>
	h("button", { type: "button", class: `button small${options.quiet ? " quiet" : ""}`, "aria-label": options.label, onclick: act }, text);

type Column<T> = readonly [head: string, cell: (row: T) => Child | readonly Child[], kind?: "number"];

/** A table that scrolls by itself where it is wider than the page. @param caption told to readers */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): HTMLElement {
	const cellOf = (row: T, [, cell, kind]: Column<T>, at: number) => {
		const content = cell(row);
		const children = Array.isArray(content) ? content : [content as Child];
		return at === 0 ? h("th", { scope: "row" }, children) : h("td", { class: kind ?? null }, children);
	};
	return h(
		"div",
		{ class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
		h(
			"table",
			{},
			h("thead", {}, h("tr", {}, ...columns.map(([head, , kind]) => h("th", { scope: "col", class: kind ?? null }, head)))),
			h("tbody", {}, ...rows.map((row) => h("tr", {}, ...columns.map((column, at) => cellOf(row, column, at))))),
		),
	);
}

/** Terms and what they are. */
export const facts = (pairs: readonly (readonly [term: string, ...Child[]])[]) =>
	h("dl", { class: "facts" }, ...pairs.map(([term, ...value]) => h("div", {}, h("dt", {}, term), h("dd", {}, ...value))));

let fields = 0;

/** A labelled control; readers hear the hint after the label. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
	control.id ||= `field-${++fields}`;
	const said = `${control.id}-hint`;
	if (hint) control.setAttribute("aria-describedby", said);
	return h("div", { class: "field" }, h("label", { for: control.id }, label), control, hint ? h("small", { id: said }, hint) : null);
}

/** One sentence that readers are told at once. */
export const failureLine = (failure: unknown) => h("p", { class: "failure", role: "alert" }, sentenceOf(failure));

export const sentenceOf = (failure: unknown): string =>
	failure instanceof ApiFailure
		? failure.message
		: `The console broke down: ${failure instanceof Error ? failure.message : String(failure)}`;

/** A place that says that it waits, then shows what was read, or why not and a way to try again. */
export function loaded<T>(read: () => Promise<T>, draw: (value: T) => readonly Child[]): HTMLElement {
	const place = h("div", { class: "stack" });
	async function load() {
		place.setAttribute("aria-busy", "true");
		if (place.childElementCount === 0) place.replaceChildren(h("p", { class: "loading", role: "status" }, "Loading …"));
		try {
			const drawn = draw(await read());
			place.replaceChildren(...drawn.filter((child) => child !== null && child !== undefined && child !== false));
		} catch (failure) {
			place.replaceChildren(failureLine(failure), button("Try again", load));
		}
		place.removeAttribute("aria-busy");
	}
	void load();
	return place;
}
