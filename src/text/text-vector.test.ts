import { expect, test } from "vitest";
import { knownWords, textVector, type WordTable } from "./text-vector.ts";
import { tokensOf } from "./tokens.ts";

test.each([
	["O.P.I Nail-Lacquer 15ml", ["o", "p", "i", "nail", "lacquer", "15ml"]],
	["口红套装 A", ["口红", "红套", "套装", "a"]],
	["茶", ["茶"]],
	["ｱｲﾗｲﾅｰ", ["アイ", "イラ", "ライ", "イナ", "ナー"]],
	["SPF50口红", ["spf50", "口红"]],
	["Crème É", ["crème", "é"]],
	["  ", []],
])("words of %j", (text, words) => {
	expect(tokensOf(text)).toEqual(words);
});

const words = ["red", "lip", "口红", "红套"];
const table: WordTable = {
	dim: 2,
	rowOf: new Map(words.map((word, row) => [word, row])),
	vectors: Int8Array.of(100, 0, 0, 50, 10, 10, 0, 0),
	scales: Float32Array.of(0.5, 0.5, 1, 1),
	idf: Float32Array.of(3, 4, 1, 1),
	bias: Float32Array.of(1, -1),
};

test("a text's vector is bias + sum of idf * v / sqrt(sum of idf^2) over its distinct known words", () => {
	// red = (50, 0), lip = (0, 25); norm = sqrt(9 + 16) = 5: (1 + 3/5 * 50, -1 + 4/5 * 25)
	expect([...(textVector(table, "Red lip red unknown") ?? [])]).toEqual([31, 19]);
	expect(textVector(table, "nothing known")).toBeNull();
});

test("only words of the catalogue are repeated of a query", () => {
	expect(knownWords(table, "Red jane@example.com lip")).toBe("red lip");
	expect(knownWords(table, "口红套装")).toBe("口红套");
	expect(knownWords(table, "jane")).toBe("");
});
