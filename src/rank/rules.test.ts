import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Filter } from "../contract/recommendation.ts";
import type { NamedRule, RuleAction } from "../contract/rule.ts";
import { passesFilter } from "./filter-product.ts";
import { NO_RULES, narrowed, rulesInForce, withPins } from "./rules.ts";

const rule = (id: string, action: RuleAction, more: Partial<NamedRule> = {}): NamedRule => ({
	id,
	surface: null,
	from: null,
	until: null,
	enabled: true,
	note: "",
	action,
	...more,
});
const BOOST: RuleAction = { kind: "boost", filter: { category: ["a"] }, by: 2 };

test("a rule is in force on its surface, from its first second to before its last", () => {
	const timed = rule("r", BOOST, { surface: "home", from: 10, until: 20 });
	const isInForce = (surface: string, now: number) => rulesInForce([timed], surface, now).ids.length === 1;
	expect([9, 10, 19, 20].map((now) => isInForce("home", now))).toEqual([false, true, true, false]);
	expect(isInForce("cart", 15)).toBe(false);
	expect(rulesInForce([rule("r", BOOST, { enabled: false })], "home", 0)).toBe(NO_RULES);
});

test("rules come by id whatever their order, burying is boosting downwards, pins come by place", () => {
	const rules = [
		rule("z", { kind: "pin", items: ["p"], place: 1 }),
		rule("b", { kind: "pin", items: ["q", "r"], place: 3 }),
		rule("a", { kind: "bury", filter: { category: ["c"] }, by: 1 }),
		rule("c", BOOST),
	];
	const inForce = rulesInForce(rules, "home", 0);
	expect(inForce).toEqual(rulesInForce(rules.toReversed(), "home", 0));
	expect(inForce).toEqual({
		ids: ["a", "b", "c", "z"],
		filters: [],
		lifts: [
			{ rule: "a", filter: { category: ["c"] }, by: -1 },
			{ rule: "c", filter: { category: ["a"] }, by: 2 },
		],
		pins: [
			{ rule: "z", items: ["p"], place: 1 },
			{ rule: "b", items: ["q", "r"], place: 3 },
		],
	});
});

const labels = fc.constantFrom("a", "b", "c");
/** Among them such as every object inherits. */
const names = fc.constantFrom("size", "__proto__", "constructor", "toString");
const dictionaryOf = <T>(of: fc.Arbitrary<string>, values: fc.Arbitrary<T>) => fc.array(fc.tuple(of, values)).map(Object.fromEntries<T>);
const filters: fc.Arbitrary<Filter> = fc.record(
	{
		category: fc.uniqueArray(labels, { minLength: 1 }),
		price: fc.record({ gte: fc.nat(9), lte: fc.nat(9) }, { requiredKeys: [] }),
		attributes: dictionaryOf(fc.oneof(fc.constant("brand"), names), fc.uniqueArray(labels, { minLength: 1 })),
	},
	{ requiredKeys: [] },
);
const products = fc.record({
	category: fc.option(labels),
	price: fc.option(fc.nat(9)),
	brand: fc.option(labels),
	attributes: dictionaryOf(names, labels),
});

test("what passes a narrowed filter is what passes the request's filter and all of the rules'", () => {
	fc.assert(
		fc.property(products, filters, fc.array(filters, { maxLength: 3 }), (product, asked, more) => {
			const passesAll = [asked, ...more].every((filter) => passesFilter(product, filter));
			expect(passesFilter(product, narrowed(asked, { filters: more }))).toBe(passesAll);
		}),
	);
});

test("an attribute may be called as something that every object inherits", () => {
	const filters = JSON.parse('[{"attributes":{"__proto__":["a","b"]}},{"attributes":{"__proto__":["b"],"valueOf":["c"]}}]') as Filter[];
	expect(JSON.stringify(narrowed({}, { filters }))).toBe('{"attributes":{"__proto__":["b"],"valueOf":["c"]}}');
	expect(passesFilter({ attributes: {} }, { attributes: { constructor: ["Object"] } })).toBe(false);
});

test("pins stand in their places, at the end of a list too short for them, and the list keeps its length", () => {
	const pins = [
		{ place: 1, value: "x" },
		{ place: 3, value: "y" },
	];
	expect(withPins(["a", "b", "c"], pins, 4)).toEqual(["x", "a", "y", "b"]);
	expect(withPins([], [{ place: 9, value: "x" }], 4)).toEqual(["x"]);
	expect(withPins(["a"], [{ place: 5, value: "x" }], 1)).toEqual(["a"]);
});
