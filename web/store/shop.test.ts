import { expect, test } from "vitest";
import type { Product } from "./catalogue.ts";
import { shortTitle } from "./catalogue.ts";
import { toldBy } from "./journal.ts";
import { addressOf, chosenLanguage, type Place, placeOf } from "./routes.ts";
import { byTitle } from "./search.ts";

const PLACES: readonly Place[] = [
	{ page: "home" },
	{ page: "category", category: "Nail polish" },
	{ page: "department", department: "home" },
	{ page: "product", item: "a&b=c" },
	{ page: "search", query: "red shoes? 鞋" },
	{ page: "cart" },
];

test.each(PLACES)("the address of a place leads back to it: %o", (place) => {
	for (const language of [null, "zh"] as const) {
		const query = new URL(addressOf(place, language), "http://shop.example").searchParams;
		expect([placeOf(query), chosenLanguage(query)]).toEqual([place, language]);
	}
});

test("the journal tells what of the shopper a request held", () => {
	const body = JSON.stringify({ history: [{ item: "a" }, { item: "b" }], limit: 5 });
	expect(toldBy("/v1/recommendations", body, 1)).toEqual({
		at: 1,
		path: "/v1/recommendations",
		history: 2,
		events: [],
		bytes: body.length,
	});
	const events = JSON.stringify({ consent: true, session: "s", events: [{ type: "view" }, { type: "cart" }] });
	expect(toldBy("/v1/events", events, 1)).toMatchObject({ history: 0, events: ["view", "cart"] });
	expect(toldBy("/v1/trending?limit=5", null, 1)).toMatchObject({ history: 0, events: [], bytes: 0 });
});

const CUP = {
	id: "cup",
	brand: "Mornhaus",
	category: "Cups",
	en: "Mornhaus Clover Stoneware Mug, Sky",
	zh: "Mornhaus「三叶草」天蓝色炻器马克杯",
} as Product;

test("titles are told without their brand and, in English, without what parts variants", () => {
	expect([shortTitle(CUP, "en"), shortTitle(CUP, "zh")]).toEqual(["Clover Stoneware Mug", "「三叶草」天蓝色炻器马克杯"]);
});

test.each([
	["clover mug", true],
	["MUG sky", true],
	["stone", true],
	["ware", false],
	["cups", true],
	["马克杯", true],
	["马桶", false],
	["  ", false],
])("without the search service, titles hold every word of a query as a beginning: %s", (query, isFound) => {
	expect(byTitle([CUP], query)).toEqual(isFound ? [CUP] : []);
});
