import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProfileResponse } from "../src/contract/profile.ts";
import { migrate, refusal, rows } from "./admin-fixtures.ts";
import { createShop, deadBinding, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const draw = async (shop: ReturnType<typeof createShop>, history: object[]) =>
	v.parse(ProfileResponse, await shop.answer("POST", "/v1/profile", { history }));

test("a portrait names what the history prefers, with the more confidence the more products say so", async () => {
	const release = await publishTiny();
	const shop = createShop();
	await shop.warm();
	const one = await draw(shop, [{ item: "nail-5" }]);
	// Four of eleven products with a category are nails; 900 is the only price.
	expect(one).toMatchObject({ source: "session", release, ignored: 0, price: { from: 900, to: 900, confidence: 0.2 } });
	expect(one.categories).toEqual([{ name: "nail", share: 1, confidence: expect.any(Number) }]);
	expect(one.brands).toEqual([{ name: "OPI", share: 1, confidence: expect.any(Number) }]);
	const more = await draw(shop, [{ item: "nail-6" }, { item: "nail-7", event: "cart" }, { item: "nobody" }, { item: "nail-5" }]);
	expect(more.ignored).toBe(1);
	expect(more.categories[0]?.confidence).toBeGreaterThan(one.categories[0]?.confidence as number);
	expect(more.brands.map(({ name }) => name).sort()).toEqual(["Essie", "OPI"]);
	expect(more.price).toMatchObject({ from: 900, to: 990 });
	expect(more.novelty?.confidence).toBeGreaterThan(one.novelty?.confidence as number);
	// lip-1 is the most popular of twelve: half a place below none. hair-11 and hair-12 are the least.
	expect((await draw(shop, [{ item: "lip-1" }])).novelty?.value).toBeCloseTo(0.5 / 12, 12);
	expect((await draw(shop, [{ item: "hair-12" }])).novelty?.value).toBeCloseTo(11 / 12, 12);
});

test("purchases weigh more than views, repeated looks are one product, and what was dismissed is no part of it", async () => {
	await publishTiny();
	await list([product("新-1", { title: "Red lip", category: "lip", brand: "New", price: 5000 })]);
	const shop = createShop();
	await shop.warm();
	const both = await draw(shop, [{ item: "hair-9" }, { item: "lip-1", event: "purchase" }]);
	expect(both.categories.map(({ name }) => name)).toEqual(["lip", "hair"]);
	expect(both.categories[0]?.share).toBeGreaterThan(0.75);
	const once = await draw(shop, [{ item: "lip-1" }]);
	expect(
		(
			await draw(
				shop,
				Array.from({ length: 9 }, () => ({ item: "lip-1" })),
			)
		).categories,
	).toEqual(once.categories);
	const dismissed = await draw(shop, [{ item: "hair-9" }, { item: "lip-1" }, { item: "hair-9", event: "dismiss" }]);
	expect(dismissed).toEqual(once);
	// A product that came after the release is known by its own values.
	expect(await draw(shop, [{ item: "新-1" }])).toMatchObject({ brands: [{ name: "New" }], price: { from: 5000 } });
});

test("where nothing is known the portrait is empty, and a 200", async () => {
	const empty = { source: "static", release: null, categories: [], brands: [], price: null, novelty: null };
	expect(await draw(createShop({ db: deadBinding(), kv: deadBinding() }), [{ item: "lip-1" }])).toMatchObject(empty);
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	expect(await draw(shop, [])).toMatchObject(empty);
	expect(await draw(shop, [{ item: "nobody" }, { query: "red" }])).toMatchObject({ ...empty, ignored: 1 });
	expect(await refusal(await shop.ask("POST", "/v1/profile", { email: "jane@example.com" }))).toMatchObject({ status: 400, path: "email" });
});

test("nothing of a portrait is written anywhere", async () => {
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	const tables = (await rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"))
		.map(({ name }) => name)
		.filter((name) => !name.startsWith("sqlite"));
	const state = async () => ({
		database: await Promise.all(tables.map((name) => rows(`SELECT * FROM ${name}`))),
		keys: (await env.RELEASES.list()).keys,
		objects: (await env.LOG.list()).objects.map(({ key }) => key),
	});
	const before = await state();
	expect(before.database.flat().length).toBeGreaterThan(0);
	await draw(shop, [{ item: "lip-1", event: "purchase" }, { query: "red" }]);
	expect(await state()).toEqual(before);
});
