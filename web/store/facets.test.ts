import { expect, test } from "vitest";
import type { Product } from "./catalogue.ts";
import { bandOf, countsOf, narrowed, noChoice, toggled } from "./facets.ts";

const product = (id: string, brand: string, colour: string, price: number, stock = 1) =>
	({ id, brand, colour, price, stock, category: "Cups" }) as Product;
const PRODUCTS = [product("a", "One", "red", 1999), product("b", "One", "blue", 2000), product("c", "Two", "red", 9999, 0)];
const ids = (products: readonly Product[]) => products.map(({ id }) => id);

test("values of one facet widen, facets narrow one another", () => {
	const one = toggled(noChoice(), "brand", "One");
	expect(ids(narrowed(PRODUCTS, one))).toEqual(["a", "b"]);
	expect(ids(narrowed(PRODUCTS, toggled(one, "brand", "Two")))).toEqual(["a", "b", "c"]);
	expect(ids(narrowed(PRODUCTS, toggled(one, "colour", "red")))).toEqual(["a"]);
	expect(ids(narrowed(PRODUCTS, toggled(one, "brand", "One")))).toEqual(["a", "b", "c"]);
	expect(ids(narrowed(PRODUCTS, { ...noChoice(), inStock: true }))).toEqual(["a", "b"]);
});

test("counts say what a value would leave, and a chosen value stays in sight with none", () => {
	expect(countsOf(PRODUCTS, noChoice(), "colour")).toEqual([
		["red", 2],
		["blue", 1],
	]);
	const two = toggled(noChoice(), "brand", "Two");
	expect(countsOf(PRODUCTS, two, "brand")).toEqual([
		["One", 2],
		["Two", 1],
	]);
	expect(countsOf(PRODUCTS, toggled(two, "colour", "blue"), "colour")).toEqual([
		["red", 1],
		["blue", 0],
	]);
});

test("price bands part at 20, 50 and 100", () => {
	expect([0, 1999, 2000, 4999, 5000, 9999, 10_000].map(bandOf)).toEqual(["0", "0", "1", "1", "2", "2", "3"]);
	expect(countsOf(PRODUCTS, noChoice(), "price")).toEqual([
		["0", 1],
		["1", 1],
		["2", 1],
	]);
});
