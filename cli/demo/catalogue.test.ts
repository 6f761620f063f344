import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { Product } from "../../src/contract/product.ts";
import { BRANDS } from "./brands.ts";
import { makeCatalogue } from "./catalogue.ts";
import { CATEGORIES } from "./categories/index.ts";
import { COMPLEMENTS } from "./complements.ts";

const catalogue = makeCatalogue();
const products = catalogue.map(({ product }) => product);

describe("the demo catalogue", () => {
	test("is the same each time, and another for another seed", () => {
		expect(makeCatalogue()).toEqual(catalogue);
		expect(makeCatalogue("another").map(({ product }) => product)).not.toEqual(products);
	});

	test("has at least 1,200 products in at least 24 categories by about 60 brands, each brand in use", () => {
		expect(products.length).toBeGreaterThanOrEqual(1200);
		expect(new Set(products.map(({ category }) => category)).size).toBeGreaterThanOrEqual(24);
		expect(new Set(products.map(({ brand }) => brand))).toEqual(new Set(BRANDS.map(({ name }) => name)));
	});

	test("gives each product an id, an English title and a Chinese title of its own", () => {
		for (const values of [products.map(({ id }) => id), products.map(({ title }) => title), products.map(({ titles }) => titles?.zh)])
			expect(new Set(values).size).toBe(products.length);
		for (const { titles } of products) expect(titles?.zh).toMatch(/\p{Script=Han}/u);
	});

	test("is of products that the import takes", () => {
		for (const product of products) expect(v.safeParse(Product, product).issues).toBeUndefined();
	});

	test("keeps the variants of a group in one category and brand, apart in colour or size, and smaller never dearer", () => {
		for (const group of Map.groupBy(products, (product) => product.group).values()) {
			expect(group.length).toBeGreaterThanOrEqual(2);
			expect(new Set(group.map(({ category, brand }) => `${category} ${brand}`)).size).toBe(1);
			expect(new Set(group.map(({ attributes }) => `${attributes.colour} ${attributes.size}`)).size).toBe(group.length);
			const prices = group.map(({ price }) => price ?? 0);
			expect(prices).toEqual(prices.toSorted((a, b) => a - b));
		}
	});

	test("has some sold out, and far more in stock", () => {
		const soldOut = products.filter(({ stock }) => stock === 0).length;
		expect(soldOut).toBeGreaterThan(0);
		expect(soldOut / products.length).toBeLessThan(0.1);
	});

	test("names for each category complements that are other categories", () => {
		const keys = CATEGORIES.map(({ key }) => key);
		expect(Object.keys(COMPLEMENTS).sort()).toEqual([...keys].sort());
		for (const [key, list] of Object.entries(COMPLEMENTS))
			for (const complement of list) {
				expect(keys).toContain(complement);
				expect(complement).not.toBe(key);
			}
	});
});
