import * as fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { dictionary } from "./dictionary.ts";

const Prices = dictionary(v.pipe(v.string(), v.maxLength(20)), v.array(v.number()));
const names = fc.oneof(
	fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "", "length", "0"),
	fc.string({ maxLength: 20 }),
);

test("whatever the names are, what goes in as own properties comes out as own properties, over a plain prototype", () => {
	const cases = fc.property(fc.array(fc.tuple(names, fc.array(fc.integer()))), (entries) => {
		const sent = JSON.stringify(Object.fromEntries(entries));
		const read = v.parse(Prices, JSON.parse(sent));
		expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
		expect(JSON.stringify(read)).toBe(sent);
		expect(new Map(Object.entries(read))).toEqual(new Map(entries));
	});
	fc.assert(cases);
});

test.each<[unknown, string | null]>([
	[JSON.parse('{"__proto__":"x"}'), "__proto__"],
	[{ constructor: [1, "x"] }, "constructor.1"],
	[{ ["n".repeat(21)]: [] }, "n".repeat(21)],
	["text", null],
	[null, null],
])("%j is refused where it is wrong", (value, path) => {
	const parsed = v.safeParse(Prices, value, { abortEarly: true });
	expect([parsed.success, parsed.issues?.map((issue) => v.getDotPath(issue))]).toEqual([false, [path]]);
});

test("within an object the path leads through it", () => {
	const Shop = v.strictObject({ prices: v.optional(Prices, {}) });
	const parsed = v.safeParse(Shop, { prices: { a: [1], toString: [null] } });
	expect(parsed.issues?.map((issue) => v.getDotPath(issue))).toEqual(["prices.toString.0"]);
	expect(v.parse(Shop, {})).toEqual({ prices: {} });
});
