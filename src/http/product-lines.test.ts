import { expect, test } from "vitest";
import { parseProductLines, REJECTED_MAX } from "./product-lines.ts";

const parse = (text: string) => parseProductLines(new TextEncoder().encode(text));
const line = (id: string, more = {}) => JSON.stringify({ id, title: "t", ...more });

test("reads lines with any ending, a byte order mark, blanks between and none at the end", () => {
	const parsed = parse(`\uFEFF${line("a")}\r\n\n   \n${line("b")}`);
	expect(parsed?.products.map(({ id }) => id)).toEqual(["a", "b"]);
	expect(parsed?.rejected).toEqual([]);
});

test("counts blank lines when it tells the place of a bad one", () => {
	expect(parse(`\n\n{"id":"a"}\n`)?.rejected.map(({ line: at, id, path }) => [at, id, path])).toEqual([[3, "a", "title"]]);
});

test("of equal ids the last counts, in its own place", () => {
	const products = parse([line("a", { price: 1 }), line("b"), line("a", { price: 2 })].join("\n"))?.products;
	expect(products?.map(({ id, price }) => [id, price])).toEqual([
		["b", null],
		["a", 2],
	]);
});

test("a bad line does not take back the good one of its id", () => {
	const parsed = parse([line("a", { price: 1 }), line("a", { price: -1 })].join("\n"));
	expect(parsed?.products.map(({ price }) => price)).toEqual([1]);
	expect(parsed?.rejected).toHaveLength(1);
});

test("a body of bad lines is no feed", () => {
	expect(parse("x\n".repeat(REJECTED_MAX))?.rejected).toHaveLength(REJECTED_MAX);
	expect(parse("x\n".repeat(REJECTED_MAX + 1))).toBeNull();
});
