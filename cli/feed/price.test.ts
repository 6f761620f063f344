import { expect, test } from "vitest";
import { parsePrice } from "./price.ts";

test.each([
	["1999", null, null, 1999],
	[4995, null, null, 4995],
	["19.99", null, null, 1999],
	["19,9", null, null, 1990],
	[19.99, null, null, 1999],
	["20", "major", null, 2000],
	["20.00", "minor", null, 20],
	["1.10", "major", null, 110],
	["500", "major", "JPY", 500],
	["1.234", "major", "KWD", 1234],
] as const)("reads %s (unit %s, currency %s) as %i", (value, unit, currency, minorUnits) => {
	expect(parsePrice(value, unit, currency)?.minorUnits).toBe(minorUnits);
});

test("reads the currency that stands beside the figure", () => {
	expect(parsePrice("19.99 EUR", null)).toEqual({ minorUnits: 1999, currency: "EUR", isDecimal: true });
	expect(parsePrice("JPY 500", "major")).toEqual({ minorUnits: 500, currency: "JPY", isDecimal: false });
});

test.each([
	["1,999.00", null],
	["1,999", null],
	["-5", null],
	["19.99", "minor"],
	["free", null],
	["5.5 JPY", null],
] as const)("does not guess what %s (unit %s) means", (value, unit) => {
	expect(parsePrice(value, unit)).toBeNull();
});
