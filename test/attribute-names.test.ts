import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RankResponse } from "../src/contract/rank.ts";
import type { RecommendationResponse } from "../src/contract/recommendation.ts";
import type { SearchResponse } from "../src/contract/search.ts";
import type { ShelfResponse } from "../src/contract/shelf.ts";
import { adminApp, migrate } from "./admin-fixtures.ts";
import { createShop, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

/** Names that every object inherits, and one that none does. */
const NAMES = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__", "size"];
const VALUES = ["a", "b", "constructor", "[object Object]"];

/** Own properties, whatever their names; and as JSON, in which no name is another than any other. */
const dictionaryOf = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> => Object.fromEntries(entries);
const attributes = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), { maxLength: 6 }).map(dictionaryOf);
const filters = fc
	.array(fc.tuple(fc.constantFrom(...NAMES), fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 })), { maxLength: 2 })
	.map(dictionaryOf);

const SHOP = fc
	.sample(attributes, { numRuns: 40, seed: 20261201 })
	.map((own, n) => ({ id: `thing-${n}`, own: new Map(Object.entries(own)) }));
const passing = (wanted: Record<string, string[]>) =>
	SHOP.filter(({ own }) => Object.entries(wanted).every(([name, values]) => values.includes(own.get(name) ?? "")));
const own = (ids: readonly string[]) => ids.filter((id) => id.startsWith("thing-")).toSorted();
const idsOf = ({ items }: { readonly items: readonly { readonly id: string }[] }) => own(items.map(({ id }) => id));

/** What pollution would add to, as it was before anything was asked. */
const inherited = () => [Object.prototype, Array.prototype, Function.prototype].map((of) => Object.getOwnPropertyNames(of).sort());

async function open() {
	await publishTiny();
	const ask = adminApp();
	const lines = SHOP.map(({ id, own }) => JSON.stringify({ id, title: `Red polish ${id}`, attributes: Object.fromEntries(own) }));
	const report = await (await ask("PUT", "/admin/catalogue", "catalogue", lines.join("\n"))).json();
	expect(report).toMatchObject({ upserted: SHOP.length, rejected: [] });
	const shop = createShop();
	await shop.warm();
	return { ...shop, catalogue: () => ask("GET", "/admin/catalogue", "read") };
}

test("attributes of any name come back from the catalogue as they were put in", async () => {
	const { catalogue } = await open();
	const { products } = (await (await catalogue()).json()) as { products: { id: string; attributes: object }[] };
	const stored = new Map(products.map(({ id, attributes }) => [id, new Map(Object.entries(attributes))]));
	for (const { id, own } of SHOP) expect(stored.get(id)).toEqual(own);
});

test("any name filters, counts and pins like any other, on every surface, and nothing is polluted", async () => {
	const shop = await open();
	const before = inherited();
	const cases = fc.asyncProperty(filters, fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }), async (wanted, facets) => {
		const filter = { attributes: wanted };
		const expected = passing(wanted);
		const ids = own(expected.map(({ id }) => id));
		const found = await shop.answer<SearchResponse>("POST", "/v1/search", { query: "polish", filter, facets, limit: 100 });
		expect([found.total, idsOf(found)]).toEqual([ids.length, ids]);
		for (const { name, values } of found.facets) {
			const counted = Map.groupBy(expected, (product) => product.own.get(name));
			counted.delete(undefined);
			expect(new Map(values.map(({ value, count }) => [value, count]))).toEqual(
				new Map(Array.from(counted, ([value, of]) => [value, of.length])),
			);
		}
		const listed = SHOP.map(({ id }) => id);
		expect(idsOf(await shop.answer<RankResponse>("POST", "/v1/rank", { ids: listed, filter }))).toEqual(ids);
		expect(idsOf(await shop.answer<RecommendationResponse>("POST", "/v1/recommendations", { filter, limit: 100 }))).toEqual(ids);
		expect(idsOf(await shop.answer<ShelfResponse>("POST", "/v1/shelves/popular", { filter, limit: 100 }))).toEqual(ids);
		// While nothing is loaded the database's products are filtered one by one.
		const cold = await createShop().answer<SearchResponse>("POST", "/v1/search", { query: "polish", filter, limit: 100 });
		expect([cold.source, idsOf(cold)]).toEqual(["static", ids]);
	});
	await fc.assert(cases, { numRuns: 25 });
	expect(inherited()).toEqual(before);
});

test.each(NAMES)("a rule may speak of %j, and a request that misplaces it is refused, never broken", async (name) => {
	const shop = await open();
	const filter = JSON.parse(`{"attributes":{${JSON.stringify(name)}:["a"]}}`) as object;
	expect((await shop.admin("PUT", "/admin/rules/r", { action: { kind: "filter", filter } })).status).toBe(200);
	shop.advance(10);
	await shop.answer("POST", "/v1/search", { query: "polish" });
	const found = await shop.answer<SearchResponse>("POST", "/v1/search", { query: "polish", limit: 100 });
	expect(idsOf(found)).toEqual(own(passing(dictionaryOf([[name, ["a"]]])).map(({ id }) => id)));
	for (const body of [
		{ sort: name },
		{ facets: [{ [name]: 1 }] },
		{ filter: { [name]: ["a"] } },
		{ filter: { attributes: { [name]: "a" } } },
	]) {
		const { status } = await shop.ask("POST", "/v1/search", { query: "polish", ...body });
		// `{ [name]: … }` with "__proto__" makes an own property, as JSON does.
		expect([JSON.stringify(body), status]).toEqual([JSON.stringify(body), 400]);
	}
	for (const path of [`/v1/popular?${name}=1`, `/v1/popular?category=${name}`, `/v1/items/${name}/similar`]) {
		expect((await shop.ask("GET", path)).status).toBeLessThan(500);
	}
});
