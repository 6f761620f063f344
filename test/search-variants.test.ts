import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Product } from "../src/contract/product.ts";
import type { SearchResponse, SuggestResponse } from "../src/contract/search.ts";
import { buildSearchFile } from "../src/pipeline/search/build-file.ts";
import { refreshSearchFile } from "../src/store/search-file.ts";
import { migrate, NOW } from "./admin-fixtures.ts";
import { createShop, list, product } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const found = ({ items, total }: SearchResponse) => items.slice(0, total).map(({ id }) => id);

test("variants share a place, in the index and before it is loaded; all of them are shown on wish", async () => {
	const shirt = (colour: string, price: number) =>
		product(`shirt-${colour}`, { title: `Linen shirt ${colour}`, category: "shirts", group: "shirt", price, attributes: { colour } });
	await list([shirt("white", 30), shirt("blue", 20), shirt("green", 25), product("blouse", { title: "Linen blouse", category: "shirts" })]);
	const shop = createShop();
	const facets = ["category", "colour"];
	const cold = await shop.answer<SearchResponse>("POST", "/v1/search", { query: "linen", facets });
	expect([cold.source, cold.total, cold.items.length]).toEqual(["static", 2, 2]);
	await shop.warm();
	const search = (more: object) => shop.answer<SearchResponse>("POST", "/v1/search", { query: "linen", facets, ...more });
	const folded = await search({});
	expect([folded.total, found(folded).length, folded.items.length]).toEqual([2, 2, 2]);
	expect(folded.price).toEqual({ from: 20, to: 30 });
	expect(folded.facets).toEqual([
		{ name: "category", values: [{ value: "shirts", count: 2 }] },
		{ name: "colour", values: ["blue", "green", "white"].map((value) => ({ value, count: 1 })) },
	]);
	expect(found(await search({ query: "blue linen shirt" }))).toEqual(["shirt-blue"]);
	expect(found(await search({ filter: { attributes: { colour: ["green", "white"] } } }))).toHaveLength(1);
	expect(await search({ variants: "all" })).toMatchObject({ total: 4, facets: [{ values: [{ count: 4 }] }, {}] });
	const suggested = await shop.answer<SuggestResponse>("POST", "/v1/suggest", { query: "lin" });
	expect([suggested.queries[0], suggested.categories, suggested.items.length]).toEqual([
		{ query: "linen", products: 2, popular: false },
		[{ category: "shirts", products: 2 }],
		2,
	]);
	// A variant that is put in later joins the others.
	await list([shirt("red", 10)]);
	shop.advance(10);
	await search({});
	expect(await search({ sort: "price-asc" })).toMatchObject({ total: 2, items: [{ id: "shirt-red" }, { id: "blouse" }] });
});

test("variants on both sides of a built index are one product", async () => {
	const variant = (n: number, values: Partial<Product> = {}) => product(`v-${n}`, { title: "Vase", group: "vase", price: n, ...values });
	const filler = Array.from({ length: 600 }, (_, n) => product(`filler-${n}`, { title: `Filler ${n}`, group: `filler-${n % 300}` }));
	await list([...filler, variant(1), variant(2)]);
	await refreshSearchFile(env.DB, env.RELEASES, buildSearchFile, NOW);
	await list([variant(2, { title: "Tall vase" }), variant(3), product("other", { title: "Vase", group: "other" })]);
	const shop = createShop();
	await shop.warm();
	const search = (more: object = {}) => shop.answer<SearchResponse>("POST", "/v1/search", { query: "vase", ...more });
	expect([(await search()).total, (await search({ variants: "all" })).total]).toEqual([2, 4]);
	expect((await search({ query: "filler", limit: 1 })).total).toBe(300);
	const without = await search({ history: [{ item: "v-1", event: "dismiss" }] });
	expect(found(without)).toEqual(["other"]);
});
