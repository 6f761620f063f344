import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UNKNOWN_CONTEXT, type VisitorKey } from "../contract/context.ts";
import { crowdValuesOf, featuresOf, generalise } from "./crowd.ts";
import { MARK_BITS, markOf, valueKeyOf } from "./mark.ts";

const CONTEXT = { country: "DE", region: "EU", device: "mobile", daypart: "night", weekday: "sat", referrer: "direct" } as const;

test("a context keeps what was released, and nothing else", () => {
	fc.assert(
		fc.property(fc.subarray(featuresOf(CONTEXT)), (released) => {
			const kept = featuresOf(
				generalise(CONTEXT, (value) => released.some(({ kind, name }) => kind === value.kind && name === value.name)),
			);
			expect(kept).toEqual(released);
		}),
	);
	expect(generalise(CONTEXT, () => false)).toEqual(UNKNOWN_CONTEXT);
	expect(generalise({ ...CONTEXT, device: "bot" }, () => false)).toEqual({ ...UNKNOWN_CONTEXT, device: "bot" });
});

test("an interest speaks for item and category, a dismissal for itself alone, what the catalogue lacks for neither", () => {
	const kinds = (...parameters: Parameters<typeof crowdValuesOf>) => crowdValuesOf(...parameters).map(({ kind }) => kind);
	expect(kinds("cart", "a", "lips", UNKNOWN_CONTEXT)).toEqual(["type", "item.cart", "item", "category"]);
	expect(kinds("dismiss", "a", "lips", UNKNOWN_CONTEXT)).toEqual(["type", "item.dismiss"]);
	expect(kinds("view", null, null, CONTEXT)).toEqual(["type", "country", "region", "device", "daypart", "weekday", "referrer"]);
});

test("a search speaks for its words, any other event that has some for none", () => {
	const queries = (...parameters: Parameters<typeof crowdValuesOf>) => crowdValuesOf(...parameters).filter(({ kind }) => kind === "query");
	expect(queries("search", null, null, UNKNOWN_CONTEXT, "red shoes")).toEqual([{ kind: "query", name: "red shoes" }]);
	expect(queries("search", null, null, UNKNOWN_CONTEXT, "red *")).toEqual([]);
	expect(queries("click", "a", null, UNKNOWN_CONTEXT, "red shoes")).toEqual([]);
});

test("a visitor's marks are whole numbers below 2^52, spread evenly, and differ from value to value and visitor to visitor", async () => {
	const marks = await Promise.all(
		Array.from({ length: 4000 }, (_, n) => markOf(`visitor-${n % 40}` as VisitorKey, { kind: "item", name: `${Math.floor(n / 40)}` })),
	);
	expect(new Set(marks).size).toBe(4000);
	expect(marks.every((mark) => Number.isInteger(mark) && mark >= 0 && mark < 2 ** MARK_BITS)).toBe(true);
	// The mean of 4000 uniform draws: 0.5 with a standard error of 0.0046.
	expect(Math.abs(marks.reduce((sum, mark) => sum + mark / 2 ** MARK_BITS, 0) / 4000 - 0.5)).toBeLessThan(0.02);
});

test("kind and name of a value cannot be shifted into one another, and its key changes with the salt", async () => {
	const salt = (fill: number) => new Uint8Array(32).fill(fill);
	const keys = await Promise.all([
		valueKeyOf(salt(1), { kind: "item", name: "a" }),
		valueKeyOf(salt(1), { kind: "item.view", name: "a" }),
		valueKeyOf(salt(2), { kind: "item", name: "a" }),
	]);
	expect(new Set(keys).size).toBe(3);
	expect(keys[0]).toMatch(/^[0-9a-f]{16}$/);
});
