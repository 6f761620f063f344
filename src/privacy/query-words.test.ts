import * as fc from "fast-check";
import { expect, test } from "vitest";
import { passesLuhn, withoutIdentifiers } from "./identifiers.ts";
import { countedQuery, keptQuery } from "./query-words.ts";

const VOCABULARY = new Set(["red", "nail", "polish", "4111", "1111", "49", "口红"]);
const knownWordsOf = (text: string) => (VOCABULARY.has(text) ? text : text.includes("口红") ? "口红" : null);
const kept = (query: string) => keptQuery(query, knownWordsOf);

test.each([
	["Red nail polish", "red nail polish", []],
	["red polish for Ada Lovelace, London", "red polish *", []],
	["Ada Lovelace", "*", []],
	["for Ada red for Ada", "* red *", []],
	["red ada@example.org polish", "red polish", ["email"]],
	["ada.lovelace+shop@mail.example.co.uk", "*", ["email"]],
	["ada%40example.org red", "red", ["email"]],
	["ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "*", ["email"]],
	["red 4111 1111 1111 1111", "red", ["card"]],
	["4111-1111-1111-1111 nail", "nail", ["card"]],
	["378282246310005", "*", ["card"]],
	["call +49 (0) 170/123-4567 polish", "* polish", ["phone"]],
	["0170 1234567", "*", ["phone"]],
	["ada@example.org 4111111111111111 +15550123456 red", "red", ["email", "card", "phone"]],
	["口红", "口红", []],
	["口红张三", "口红 *", []],
	["red口红", "red 口红", []],
	["!!!", null, []],
] as const)("of %j is kept %j", (query, words, cut) => {
	expect(kept(query)).toEqual({ query: words, cut });
});

test("a number that is no card, too short for a telephone, stays a word for the vocabulary to judge", () => {
	expect(withoutIdentifiers("iphone 15 128", "*")).toEqual({ text: "iphone 15 128", cut: [] });
	expect(withoutIdentifiers("4111 1111 1111 1112", "*").cut).not.toContain("card");
	expect(passesLuhn("79927398713")).toBe(true);
	expect(passesLuhn("79927398710")).toBe(false);
	expect(passesLuhn("")).toBe(false);
});

test("nothing is ever kept but words of the vocabulary and the marker", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (query) => {
			for (const word of kept(query).query?.split(" ") ?? []) expect(word === "*" || VOCABULARY.has(word)).toBe(true);
		}),
		{ numRuns: 500 },
	);
});

test.each([
	["red shoes", "red shoes"],
	["红色口红", "红色口红"],
	["red *", null],
	["* shoes", null],
	["*", null],
	["r".repeat(60), "r".repeat(60)],
	["r".repeat(61), null],
])("of what is kept as %j, %j is counted", (kept, counted) => {
	expect(countedQuery(kept)).toBe(counted);
});
