import { expect, test } from "vitest";
import { filtersNothing, passesFilter } from "./filter-product.ts";
import { codeFilter, type FilterValues, maskRows } from "./filter-rows.ts";

/** The same four products as columns and as products: a pen, a sold-out pen, one without a price, one hidden. */
const PRODUCTS = [
	{ category: "pen", price: 100, stock: null, attributes: { colour: "red" } },
	{ category: "pen", price: 200, stock: 0, attributes: { colour: "blue" } },
	{ category: "ink", price: null, stock: 3, attributes: {} },
	{ category: "ink", price: 300, stock: 5, attributes: { colour: "red" }, hidden: true },
];
const codes = {
	categoryOf: (name: string) => ["pen", "ink"].indexOf(name),
	attributeOf: (name: string) => (name === "colour" ? 0 : -1),
	valueOf: (_: number, value: string) => ["red", "blue"].indexOf(value),
};
const columns = {
	count: 4,
	price: Int32Array.of(100, 200, -1, 300),
	category: Int32Array.of(0, 0, 1, 1),
	inStock: Uint8Array.of(1, 0, 1, 1),
	hidden: Uint8Array.of(0, 0, 0, 1),
	attributes: [Int32Array.of(0, 1, -1, 0)],
};

test.each<[FilterValues, number[]]>([
	[{}, [0, 2]],
	[{ inStock: true }, [0, 2]],
	[{ inStock: false }, [0, 1, 2]],
	[{ category: ["pen"] }, [0]],
	[{ category: ["pen", "ink"], inStock: false }, [0, 1, 2]],
	[{ category: ["nothing"] }, []],
	[{ price: { lte: 150 } }, [0]],
	[{ price: { gte: 100, lte: 200 }, inStock: false }, [0, 1]],
	[{ price: {} }, [0, 2]],
	[{ attributes: { colour: ["red", "blue"] }, inStock: false }, [0, 1]],
	[{ attributes: { colour: ["green"] } }, []],
	[{ attributes: { size: ["L"] } }, []],
	[{ attributes: { colour: ["red"] }, price: { gte: 101 } }, []],
])("%j lets pass %j, by columns and by product", (filter, passing) => {
	const masked = new Uint8Array(5).fill(9);
	maskRows(columns, codeFilter(filter, codes), masked);
	expect(masked[4]).toBe(9);
	expect([0, 1, 2, 3].filter((row) => masked[row] === 0)).toEqual(passing);
	expect([0, 1, 2].filter((row) => passesFilter(PRODUCTS[row] ?? {}, filter))).toEqual(passing);
});

test("a list without values is trusted only where nothing filters", () => {
	expect([{}, { inStock: false }].map(filtersNothing)).toEqual([true, true]);
	expect([{ inStock: true }, { category: ["a"] }, { price: {} }, { attributes: { a: ["b"] } }].map(filtersNothing)).toEqual([
		false,
		false,
		false,
		false,
	]);
});
