import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SearchResponse, SuggestResponse } from "../src/contract/search.ts";
import { buildSearchFile } from "../src/pipeline/search/build-file.ts";
import { createCatalogue } from "../src/store/catalogue.ts";
import { refreshSearchFile } from "../src/store/search-file.ts";
import { migrate, NOW, refusal, rows } from "./admin-fixtures.ts";
import { TINY_ITEMS } from "./fixtures/tiny-release.ts";
import { createShop, deadBinding, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const SHOP = [
	product("s1", {
		title: "Red leather shoes",
		titles: { zh: "红色皮鞋" },
		category: "shoes",
		brand: "Acme",
		price: 5000,
		attributes: { size: "40" },
	}),
	product("s2", {
		title: "Blue shoes",
		titles: { zh: "蓝色鞋" },
		category: "shoes",
		brand: "Bolt",
		price: 3000,
		attributes: { size: "41" },
	}),
	product("s3", { title: "Shoe polish", category: "care", price: 500, description: "For red and black leather" }),
	product("s4", { title: "Wireless headset HS-500", category: "audio", brand: "Acme", price: 9000 }),
	product("s5", { title: "Red shoes for children", category: "shoes", brand: "Acme", price: 2000, stock: 0 }),
	product("s6", { title: "Rote Schuhe", titles: { de: "Rote Schuhe" }, category: "shoes", brand: "Bolt", price: 4000 }),
];
const idsOf = ({ items }: SearchResponse) => items.map(({ id }) => id);
const found = (answer: SearchResponse) => idsOf(answer).slice(0, answer.total);

async function open() {
	await list(SHOP);
	const shop = createShop();
	await shop.warm();
	const search = async (body: object) => v.parse(SearchResponse, await shop.answer("POST", "/v1/search", body));
	const suggest = async (query: string) => v.parse(SuggestResponse, await shop.answer("POST", "/v1/suggest", { query }));
	const next = async (body: object) => v.parse(SuggestResponse, await shop.answer("POST", "/v1/suggest", body));
	return { ...shop, search, suggest, next };
}

test("products with every word are counted and come first, with what was found of their titles", async () => {
	const { search } = await open();
	const answer = await search({ query: "red shoes", facets: ["category", "brand", "size"] });
	expect(answer).toMatchObject({ source: "words", total: 2, relaxed: null, corrected: null });
	expect(found(answer)).toEqual(["s1", "s3"]);
	const [first] = answer.items;
	expect(first?.marks.map(([from, to]) => first.title.slice(from, to))).toEqual(["Red", "shoes"]);
	expect(answer.facets).toEqual([
		{
			name: "category",
			values: [
				{ value: "care", count: 1 },
				{ value: "shoes", count: 1 },
			],
		},
		{ name: "brand", values: [{ value: "Acme", count: 1 }] },
		{ name: "size", values: [{ value: "40", count: 1 }] },
	]);
	expect(answer.price).toEqual({ from: 500, to: 5000 });
	// Those behind them say what they lack; what is sold out is not there at all.
	expect(answer.items.find(({ id }) => id === "s2")?.missing).toEqual(["red"]);
	expect(idsOf(answer)).not.toContain("s5");
});

test.each<[string, string[]]>([
	["鞋", ["s2", "s1"]],
	["皮鞋", ["s1"]],
	["红色", ["s1"]],
	["Schuh", ["s6"]],
	["hs500", ["s4"]],
	["head set", ["s4"]],
	["wierless", ["s4"]],
])("%j finds %j", async (query, ids) => {
	const { search } = await open();
	expect(found(await search({ query })).sort()).toEqual(ids.toSorted());
});

test("a filter leaves out, a sort orders, and pages follow one another without a gap", async () => {
	const { search } = await open();
	expect(found(await search({ query: "shoes", filter: { category: ["shoes"] } })).sort()).toEqual(["s1", "s2", "s6"]);
	expect(found(await search({ query: "red shoes", filter: { inStock: false, attributes: { brand: ["Acme"] } } })).sort()).toEqual([
		"s1",
		"s5",
	]);
	expect(found(await search({ query: "shoes", sort: "price-asc" }))).toEqual(["s3", "s2", "s6", "s1"]);
	expect(found(await search({ query: "shoes", sort: "price-desc" }))).toEqual(["s1", "s6", "s2", "s3"]);
	const whole = idsOf(await search({ query: "shoes", limit: 5 }));
	const paged = [];
	for (const offset of [0, 2, 4]) paged.push(...idsOf(await search({ query: "shoes", limit: 2, offset })));
	expect(whole).toHaveLength(5);
	expect(paged).toEqual(whole);
});

test("no query is a dead end: it is corrected, or relaxed, and says so", async () => {
	const { search } = await open();
	expect(await search({ query: "lether" })).toMatchObject({ corrected: "leather", total: 2, relaxed: null });
	const without = await search({ query: "red spaceship" });
	expect(without).toMatchObject({ relaxed: { by: "words", without: ["spaceship"] } });
	expect(found(without)).toEqual(["s1", "s3"]);
	const nothing = await search({ query: "xylophone", limit: 4 });
	expect(nothing).toMatchObject({ total: 0, relaxed: { by: "popular", without: ["xylophone"] } });
	expect(nothing.items).toHaveLength(4);
	expect(nothing.items.every(({ missing, marks }) => missing[0] === "xylophone" && marks.length === 0)).toBe(true);
});

test("what the catalogue takes, changes and gives up obeys with the next reading", async () => {
	const { search, ask, advance } = await open();
	await list([product("s7", { title: "Green sandals" }), { ...(SHOP[0] as (typeof SHOP)[0]), price: 4500 }]);
	await createCatalogue(env.DB).remove("s3", NOW);
	advance(10);
	await ask("POST", "/v1/suggest", { query: "a" });
	expect(found(await search({ query: "sandals" }))).toEqual(["s7"]);
	const red = await search({ query: "red shoes" });
	expect(found(red)).toEqual(["s1"]);
	expect(red.price).toEqual({ from: 4500, to: 4500 });
	expect(idsOf(await search({ query: "polish", limit: 20 }))).not.toContain("s3");
});

test("an index that the clock has built answers alike, with the changes since over it", async () => {
	await list(Array.from({ length: 600 }, (_, n) => product(`filler-${n}`, { title: `Filler ${n}`, category: "filler" })));
	const before = await (await open()).search({ query: "red shoes" });
	const version = await refreshSearchFile(env.DB, env.RELEASES, buildSearchFile, NOW);
	expect(version).toBe(2);
	expect(await refreshSearchFile(env.DB, env.RELEASES, buildSearchFile, NOW)).toBeNull();
	const keys = (await env.RELEASES.list({ prefix: "search" })).keys.map(({ name }) => name);
	expect(keys).toEqual(["search", `search/2-${NOW}/0`]);
	const { search, ask, advance } = await open();
	expect(await search({ query: "red shoes" })).toEqual({ ...before, recommendationId: expect.any(String) });
	await list([{ ...(SHOP[1] as (typeof SHOP)[0]), title: "Red blue shoes" }]);
	await createCatalogue(env.DB).remove("s1", NOW);
	advance(10);
	await ask("POST", "/v1/suggest", { query: "a" });
	expect(found(await search({ query: "red shoes" })).sort()).toEqual(["s2", "s3"]);
});

test("with the index loaded a query is answered by a dead database too, and without one by nothing worse than a 200", async () => {
	await list(SHOP);
	let isDead = false;
	const db = new Proxy({} as D1Database, {
		get: (_, name: keyof D1Database) => {
			if (isDead) throw new Error("made to fail");
			const value = env.DB[name];
			return typeof value === "function" ? (value as () => unknown).bind(env.DB) : value;
		},
	});
	const shop = createShop({ db });
	await shop.warm();
	isDead = true;
	shop.advance(30);
	expect(await shop.answer("POST", "/v1/search", { query: "red shoes" })).toMatchObject({ source: "words", total: 2 });
	const none = createShop({ db: deadBinding(), kv: deadBinding() });
	expect(await none.answer("POST", "/v1/search", { query: "red shoes" })).toMatchObject({ source: "static", items: [] });
	expect(await none.answer("POST", "/v1/suggest", { query: "re" })).toMatchObject({ source: "static", queries: [] });
});

test("until the index is loaded the catalogue's database is asked, by the same filter", async () => {
	await list(SHOP);
	const answer = await createShop().answer<SearchResponse>("POST", "/v1/search", { query: "red shoes", filter: { category: ["shoes"] } });
	expect(answer).toMatchObject({ source: "static", total: 2 });
	expect(found(answer)).toEqual(["s1", "s2"]);
});

test("a history orders what is about equally relevant, and brings nothing in or out", async () => {
	await publishTiny();
	await list(TINY_ITEMS.map(({ id }) => product(id, { title: "Thing", category: id.split("-")[0] ?? null })));
	const shop = createShop();
	await shop.warm();
	const ask = (history: object[]) => shop.answer<SearchResponse>("POST", "/v1/search", { query: "thing", limit: 12, history });
	const plain = await ask([]);
	const personal = await ask([{ item: "nail-5" }]);
	expect([plain.source, personal.source]).toEqual(["words", "personal"]);
	expect(idsOf(personal).slice(0, 4).sort()).toEqual(["nail-5", "nail-6", "nail-7", "nail-8"]);
	expect(idsOf(personal).sort()).toEqual(idsOf(plain).sort());
	const dismissed = await ask([{ item: "nail-5" }, { item: "nail-6", event: "dismiss" }]);
	expect(idsOf(dismissed)).not.toContain("nail-6");
});

test("a shop's rules narrow a search, order what fits alike, and make nothing fit", async () => {
	const shop = await open();
	const rule = async (id: string, action: object) => {
		expect((await shop.admin("PUT", `/admin/rules/${id}`, { surface: "search", action })).status).toBe(200);
		shop.advance(10);
		await shop.search({ query: "shoes" });
		return shop.search({ query: "shoes" });
	};
	const before = await shop.search({ query: "shoes" });
	expect([before.rules, found(before).toSorted()]).toEqual([undefined, ["s1", "s2", "s3", "s6"]]);
	expect(found(before)[0]).toBe("s3");
	const buried = await rule("one", { kind: "bury", filter: { category: ["care"] }, by: 1 });
	expect([buried.rules, found(buried).at(-1), buried.total]).toEqual([["one"], "s3", 4]);
	// No rule makes a product fit a query.
	const pinned = await rule("one", { kind: "pin", items: ["s4", "s3"], place: 2 });
	expect([found(pinned)[1], found(pinned).toSorted()]).toEqual(["s3", ["s1", "s2", "s3", "s6"]]);
	// A sort that was asked for is kept.
	expect(found(await shop.search({ query: "shoes", sort: "price-desc" }))).toEqual(["s1", "s6", "s2", "s3"]);
	const narrowed = await rule("one", { kind: "filter", filter: { attributes: { brand: ["Bolt"] } } });
	expect([narrowed.rules, found(narrowed).toSorted()]).toEqual([["one"], ["s2", "s6"]]);
});

test("a rule holds for a shopper whose history orders the list, too", async () => {
	await publishTiny();
	await list(TINY_ITEMS.map(({ id }) => product(id, { title: "Thing", category: id.split("-")[0] ?? null })));
	const shop = createShop();
	await shop.warm();
	const ask = () => shop.answer<SearchResponse>("POST", "/v1/search", { query: "thing", limit: 12, history: [{ item: "nail-5" }] });
	expect([(await ask()).source, idsOf(await ask())[0]]).toEqual(["personal", expect.stringMatching(/^nail/)]);
	await shop.admin("PUT", "/admin/rules/hair", { action: { kind: "boost", filter: { category: ["hair"] }, by: 1 } });
	shop.advance(10);
	await ask();
	const ruled = await ask();
	expect([ruled.source, idsOf(ruled)[0]]).toEqual(["personal", expect.stringMatching(/^hair/)]);
});

test("a search tells why each product is there, and which rule moved it", async () => {
	const shop = await open();
	const reasons = async (more: object = {}) => {
		const { items } = await shop.search({ query: "red shoes", explain: true, language: "de", ...more });
		return new Map(items.map(({ id, reason }) => [id, reason]));
	};
	const plain = await reasons();
	expect(plain.get("s1")).toEqual({ kind: "found", words: ["red", "shoes"], sentence: "Gefunden mit red, shoes" });
	expect(plain.get("s2")).toEqual({ kind: "found", words: ["shoes"], sentence: "Gefunden mit shoes" });
	expect(plain.get("s4")).toEqual({ kind: "popular", sentence: "Beliebt" });
	expect((await reasons({ explain: false })).get("s1")).toBeUndefined();
	for (const [id, action] of Object.entries({
		care: { kind: "bury", filter: { category: ["care"] }, by: 1.5 },
		acme: { kind: "boost", filter: { attributes: { brand: ["Acme"] } }, by: 2 },
		first: { kind: "pin", items: ["s3"], place: 1 },
	})) {
		expect((await shop.admin("PUT", `/admin/rules/${id}`, { surface: "search", action })).status).toBe(200);
	}
	shop.advance(10);
	await shop.search({ query: "shoes" });
	const ruled = await reasons();
	expect([...ruled.keys()].slice(0, 2)).toEqual(["s3", "s1"]);
	expect(ruled.get("s3")).toMatchObject({ kind: "rule", rule: "first", rules: [{ kind: "pin", rule: "first", place: 1 }] });
	expect(ruled.get("s1")).toMatchObject({ kind: "found", rules: [{ kind: "boost", rule: "acme", by: 2 }] });
	// What lacks a word of the query is moved by no rule.
	expect(ruled.get("s2")?.rules).toBeUndefined();
	// A sort that was asked for is no rule's doing.
	expect((await reasons({ sort: "price-asc" })).get("s1")?.rules).toBeUndefined();
});

test("what was typed is completed from the catalogue's words, each with something to find", async () => {
	const { suggest } = await open();
	const answer = await suggest("red sh");
	expect(answer.queries).toEqual([{ query: "red shoes", products: 2, popular: false }]);
	expect(answer.categories).toEqual([
		{ category: "care", products: 1 },
		{ category: "shoes", products: 1 },
	]);
	expect(answer.items[0]).toMatchObject({
		id: "s1",
		marks: [
			[0, 3],
			[12, 17],
		],
	});
	expect((await suggest("wire")).queries).toEqual([{ query: "wireless", products: 1, popular: false }]);
	// Words of a description are found, not offered.
	expect((await suggest("bla")).queries).toEqual([]);
	expect((await suggest("红")).queries.map(({ query }) => query)).toContain("红色");
});

test("where nothing was typed the history says what comes next, and only what finds something is suggested", async () => {
	await publishTiny();
	const { next, suggest } = await open();
	const history = [{ item: "lip-1" }, { query: "Red  SHOES", event: "search" }, { item: "s2" }];
	const answer = await next({ history, limit: 3 });
	// After shoes: polish 0.5, something unheard of 0.3, care 0.2; of categories the shop has no lips.
	expect(answer).toMatchObject({
		source: "session",
		queries: [{ query: "polish", products: 1 }, { query: "red shoes", products: 2 }, { query: "care" }],
	});
	expect(answer.categories).toEqual([{ category: "care", products: 1 }]);
	expect(answer.items.map(({ id }) => id)).toEqual(["s3"]);
	// After the search itself, which the log has seen: polish alone, and not the search again.
	expect((await next({ query: " ", history: history.slice(0, 2) })).queries.map(({ query }) => query).slice(0, 2)).toEqual([
		"polish",
		"shoes",
	]);
	expect(await next({ limit: 1 })).toMatchObject({ source: "words", queries: [{ query: "red shoes" }] });
	expect((await suggest("")).queries[0]).toEqual({ query: "red shoes", products: 2, popular: true });
	// A product that is not wanted is no sign, and is not shown.
	const dismissed = await next({ history: [{ item: "s1" }, { item: "s1", event: "dismiss" }], limit: 1 });
	expect(dismissed).toMatchObject({ source: "words", queries: [{ query: "red shoes", products: 1 }] });
});

test("without a release, or one that was told nothing, no next search is made up", async () => {
	const { next } = await open();
	expect(await next({ history: [{ item: "s1" }] })).toEqual({ source: "words", queries: [], categories: [], items: [] });
});

test("nothing of a search is written anywhere", async () => {
	const { search, suggest } = await open();
	const tables = (await rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"))
		.map(({ name }) => name)
		.filter((name) => !name.startsWith("sqlite"));
	const state = async () => JSON.stringify(await Promise.all(tables.map((name) => rows(`SELECT * FROM ${name}`))));
	const before = await state();
	await search({ query: "jane@example.com red", history: [{ query: "jane@example.com" }] });
	await suggest("jane@example.com");
	expect(await state()).toBe(before);
	expect((await env.RELEASES.list()).keys).toEqual([]);
});

test.each<[string, object, string]>([
	["no query", {}, "query"],
	["an empty query", { query: "" }, "query"],
	["an unknown sort", { query: "a", sort: "best" }, "sort"],
	["a page too far", { query: "a", offset: 1001 }, "offset"],
	["an unknown field", { query: "a", email: "jane@example.com" }, "email"],
])("refuses %s, naming the field", async (_, body, path) => {
	expect(await refusal(await createShop().ask("POST", "/v1/search", body))).toMatchObject({ status: 400, path });
});
