import type { NamedRule } from "../../../src/contract/rule.ts";
import { h } from "../../store/dom.ts";
import type { Rules } from "../answers.ts";
import { confirmed } from "../confirm.ts";
import type { Console, View } from "../context.ts";
import { time } from "../format.ts";
import { button, card, empty, failureLine, loaded, table, tag } from "../parts.ts";
import { ruleForm } from "../rule-form.ts";

/** The shop's rules: all of them, one to be made or changed, and what it would change. */
export const rules: View = (shown) => [
	loaded(
		async () => (await shown.api.ask<Rules>("GET", "/admin/rules")).value.rules,
		(all) => [list(shown, all), ruleForm(shown, all.find(({ id }) => id === shown.argument) ?? null)],
	),
];

function list(shown: Console, all: readonly NamedRule[]) {
	if (all.length === 0) return card("All rules", empty("There is no rule: the model alone decides what is shown."));
	return card(
		"All rules",
		table<NamedRule>(
			"All rules",
			[
				["Rule", ({ id }) => h("a", { href: `#/rules/${encodeURIComponent(id)}` }, id)],
				["State", (rule) => tag(...stateOf(rule, Date.now() / 1000))],
				["What", ({ action }) => saying(action)],
				["Surface", ({ surface }) => surface ?? "all"],
				["When", ({ from, until }) => windowOf(from, until)],
				["Note", ({ note }) => note],
				["Do", (rule) => actionsOf(shown, rule)],
			],
			all,
		),
	);
}

function stateOf({ enabled, from, until }: NamedRule, now: number): [string, string] {
	if (!enabled) return ["off", ""];
	if (from !== null && now < from) return ["waits", "warn"];
	return until !== null && now >= until ? ["over", ""] : ["in force", "good"];
}

export function saying(action: NamedRule["action"]): string {
	if (action.kind === "pin") return `pin ${action.items.join(", ")} from place ${action.place}`;
	const { category, price, attributes } = action.filter;
	const words = [
		category && `category ${category.join(" or ")}`,
		price?.gte !== undefined && `price from ${price.gte}`,
		price?.lte !== undefined && `price to ${price.lte}`,
		...Object.entries(attributes ?? {}).map(([name, values]) => `${name} ${values.join(" or ")}`),
	].filter(Boolean);
	return `${action.kind} ${words.join(", ")}${action.kind === "filter" ? "" : ` by ${action.by}`}`;
}

function windowOf(from: number | null, until: number | null): string {
	if (from === null && until === null) return "always";
	return [from === null ? null : `from ${time(from)}`, until === null ? null : `until ${time(until)}`].filter(Boolean).join(" ");
}

function actionsOf({ api, go }: Console, { id, surface, from, until, enabled, note, action }: NamedRule) {
	// The list tells more of a rule than one may send.
	const rule = { surface, from, until, enabled, note, action };
	const path = `/admin/rules/${encodeURIComponent(id)}`;
	const told = h("span", {});
	const toggle = async () => {
		try {
			await api.ask("PUT", path, { ...rule, enabled: !rule.enabled });
			go(location.hash);
		} catch (failure) {
			told.replaceChildren(failureLine(failure));
		}
	};
	const remove = async () => {
		const text = "Answers are without it within 15 seconds.";
		const act = async () => void (await api.ask("DELETE", path));
		if (await confirmed(`Delete the rule ${id}?`, [h("p", {}, text)], "Delete", act)) go("#/rules");
	};
	return [
		h(
			"span",
			{ class: "row tight" },
			button(rule.enabled ? "Disable" : "Enable", () => void toggle(), {
				quiet: true,
				label: `${rule.enabled ? "Disable" : "Enable"} ${id}`,
			}),
			button("Delete", () => void remove(), { quiet: true, label: `Delete ${id}` }),
			told,
		),
	];
}
