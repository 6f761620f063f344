import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyse, languageOf } from "./analyse.ts";
import { highlight } from "./highlight.ts";

const placed = (text: string, language: "en" | "de" = "en") => analyse(text, language).map(({ term, place }) => `${term}@${place}`);

test.each([
	["Wireless Headphones", ["wireless@0", "headphon@1"]],
	["Crème BRÛLÉE", ["creme@0", "brule@1"]],
	["Brother TN-2110", ["brother@0", "tn2110@1", "tn@1", "2110@2"]],
	["TN2110 toner", ["tn2110@0", "tn@0", "2110@1", "toner@2"]],
	["Wi-Fi", ["wifi@0", "wi@0", "fi@1"]],
	["口红套装", ["口@0", "口红@0", "红@1", "红套@1", "套@2", "套装@2", "装@3"]],
	["茶", ["茶@0"]],
	["SPF50口红", ["spf50@0", "spf@0", "50@1", "口@2", "口红@2", "红@3"]],
	["  ", []],
])("%j is read as %j", (text, terms) => {
	expect(placed(text)).toEqual(terms);
});

test("German words are stemmed as such", () => {
	expect(placed("Rote Schuhe für Kinder", "de")).toEqual(["rot@0", "schuh@1", "fur@2", "kind@3"]);
	expect(languageOf("Rote Schuhe für Kinder")).toBe("de");
	expect(languageOf("Red shoes for children")).toBe("en");
	expect(languageOf("口红")).toBe("en");
});

test("what is marked of a text is what the terms were made of", () => {
	const marked = (text: string, terms: string[]) => highlight(text, new Set(terms)).map(([from, to]) => text.slice(from, to));
	expect(marked("Two Batteries, one BATTERY charger", ["batteri"])).toEqual(["Batteries", "BATTERY"]);
	expect(marked("Brother TN-2110 Toner", ["tn", "2110", "toner"])).toEqual(["TN", "2110", "Toner"]);
	// Pairs that overlap are one stretch.
	expect(marked("哑光口红套装", ["口红", "红套"])).toEqual(["口红套"]);
});

test("every term lies within its text, and places never go back", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.constantFrom("en" as const, "de" as const), (text, language) => {
			let last = 0;
			for (const { term, place, start, end } of analyse(text, language)) {
				expect(term).not.toBe("");
				expect([start >= 0, end > start, end <= text.length, place >= last - 1]).toEqual([true, true, true, true]);
				last = place;
			}
		}),
	);
});
