import { expect, test } from "vitest";
import type { NamedRule } from "../../src/contract/rule.ts";
import { inputOf, ruleOf } from "./rule-input.ts";

const RULES: readonly NamedRule["action"][] = [
	{ kind: "pin", items: ["a", "b c"], place: 3 },
	{ kind: "filter", filter: { category: ["shoes", "boots"], price: { gte: 100, lte: 900 } } },
	{ kind: "boost", filter: { attributes: { colour: ["red", "blue"], size: ["1:2"] } }, by: 1.5 },
	{ kind: "bury", filter: { price: { lte: 0 } }, by: 20 },
];

test.each(RULES)("a rule that the form was filled from comes out of it as it was: %j", (action) => {
	const rule = { surface: "home", from: 1_795_168_800, until: 1_795_172_400, enabled: false, note: "sale", action };
	expect(ruleOf(inputOf({ id: "x", ...rule }))).toEqual(rule);
});

test("what is left empty is open: all surfaces, at once, for good", () => {
	const { surface, from, until, enabled } = ruleOf({ ...inputOf(null), items: "a" });
	expect({ surface, from, until, enabled }).toEqual({ surface: null, from: null, until: null, enabled: true });
});
