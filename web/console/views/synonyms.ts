import type { SynonymsResponse } from "../../../src/contract/synonym.ts";
import { h } from "../../store/dom.ts";
import type { Console, View } from "../context.ts";
import { count, time } from "../format.ts";
import { card, empty, failureLine, field, loaded, note, table } from "../parts.ts";
import { linesOf, synonymsOf } from "../synonym-input.ts";

/** What the shop's words mean beside themselves, as lines; and who changed them. */
export const synonyms: View = (shown) => [
	loaded(
		async () => (await shown.api.ask<SynonymsResponse>("GET", "/admin/synonyms")).value,
		(list) => [form(shown, list), history(list)],
	),
];

function form({ api, go }: Console, list: SynonymsResponse): HTMLElement {
	const lines = linesOf(list.synonyms);
	if (lines === null) return card("Synonyms", note("Some phrases hold commas or arrows: change this list by PUT /admin/synonyms."));
	const text = h("textarea", { id: "synonyms", rows: 16, spellcheck: "false" }, lines);
	const told = h("div", {});
	async function save(event: Event) {
		event.preventDefault();
		try {
			await api.ask("PUT", "/admin/synonyms", { synonyms: synonymsOf(text.value), version: list.version });
			go("#/synonyms");
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
		}
	}
	return card(
		"Synonyms",
		h(
			"form",
			{ onsubmit: (event) => void save(event) },
			field(
				"One entry a line",
				text,
				"“sofa, couch” finds either for the other; “trainers => running shoes” only so. Searches obey within 15 seconds.",
			),
			told,
			h("div", { class: "row tight" }, h("button", { type: "submit", class: "button" }, "Save")),
		),
	);
}

function history({ changes }: SynonymsResponse): HTMLElement {
	if (changes.length === 0) return card("Changes", empty("No change yet."));
	return card(
		"Changes",
		table<SynonymsResponse["changes"][number]>(
			"Changes, the latest first",
			[
				["Version", ({ version }) => String(version), "number"],
				["When", ({ at }) => time(at)],
				["Token", ({ token }) => token],
				["Entries", ({ entries }) => count(entries), "number"],
			],
			changes,
		),
	);
}
