import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventType } from "../src/contract/event.ts";
import { PageResponse, SHELVES, ShelfResponse } from "../src/contract/shelf.ts";
import { PRIOR_VISITORS, refreshTrending } from "../src/store/trending.ts";
import { migrate, NOW, refusal, rows } from "./admin-fixtures.ts";
import { TINY_ITEMS } from "./fixtures/tiny-release.ts";
import { createShop, deadBinding, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const DAY = 86_400;
const idsOf = ({ items }: Pick<ShelfResponse, "items">) => items.map(({ id }) => id);
const PUBLIC = ["/v1/items/lip-1/similar", "/v1/items/lip-1/bought-together", "/v1/trending", "/v1/popular", "/v1/new"];

/** Visitors as the feedback consumer counts them, where a crowd did it: each type, and an interest of any kind. */
const countItems = (counts: readonly (readonly [item: string, type: EventType, n: number, day: string])[]) =>
	env.DB.batch(
		counts.flatMap(([item, type, n, day]) =>
			["item", `item.${type}`]
				.slice(type === "refund" ? 1 : 0)
				.map((kind) => env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES (?, ?, ?, ?)").bind(day, kind, item, n)),
		),
	);
const trendingLists = async () =>
	Object.fromEntries(
		(await rows<{ name: string; items: string }>("SELECT name, items FROM hot_lists WHERE name LIKE 'trending%'")).map(
			({ name, items }) => [name, JSON.parse(items)],
		),
	);

test("trending is demand above what was to be expected, not demand: a best-seller as ever and a few clicks are none", async () => {
	await list(["evergreen", "rising", "few", "fading", "返"].map((id) => product(id, { category: id === "返" ? "指甲" : "lips" })));
	await countItems([
		["evergreen", "view", 1000, "2026-11-10"],
		["evergreen", "view", 1000, "2026-11-20"],
		["rising", "view", 40, "2026-11-10"],
		["rising", "purchase", 50, "2026-11-19"],
		["few", "view", 3, "2026-11-20"],
		["fading", "view", 900, "2026-11-12"],
		["fading", "view", 100, "2026-11-20"],
		["返", "view", 100, "2026-11-20"],
		["返", "refund", 900, "2026-11-20"],
		["unlisted", "view", 100, "2026-11-20"],
	]);
	await refreshTrending(env.DB, NOW);
	// Recent 1000 + 200 + 3 + 100 + 100 + 100 = 1503 over a baseline of 1940. rising (200 + 20) / (31 + 20) = 4.3; 返 120 / 20 = 6;
	// evergreen 1020 / 795 = 1.28; few 23 / 20 = 1.15; fading 120 / 717.
	expect(PRIOR_VISITORS).toBe(20);
	expect(await trendingLists()).toEqual({
		trending: ["返", "rising", "evergreen"],
		"trending:lips": ["rising", "evergreen"],
		"trending:指甲": ["返"],
	});
	// With twice the traffic of everybody nothing is more of a trend than before.
	await env.DB.exec("UPDATE crowd_counts SET n = n * 2 WHERE day >= '2026-11-19'");
	await env.DB.exec("UPDATE crowd_counts SET n = n * 2 WHERE day < '2026-11-19'");
	await refreshTrending(env.DB, NOW);
	expect((await trendingLists()).trending[0]).toBe("返");
	// A month on there is nothing to compare with.
	await refreshTrending(env.DB, NOW + 40 * DAY);
	expect(await trendingLists()).toEqual({});
});

test("a day that is busy for all makes no trend", async () => {
	await list(["a", "b"].map((id) => product(id)));
	for (const id of ["a", "b"])
		await countItems([
			[id, "view", 100, "2026-11-10"],
			[id, "view", 900, "2026-11-20"],
		]);
	await refreshTrending(env.DB, NOW);
	expect(await trendingLists()).toEqual({});
});

test("the trending shelf reads those lists, and an activation leaves them alone", async () => {
	await list([product("hair-10", { category: "hair" }), product("nail-8", { category: "nail" })]);
	await countItems([
		["hair-10", "view", 1, "2026-11-10"],
		["hair-10", "view", 100, "2026-11-20"],
		["nail-8", "purchase", 100, "2026-11-20"],
	]);
	await refreshTrending(env.DB, NOW);
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	const all = await shop.answer<ShelfResponse>("GET", "/v1/trending?limit=3&explain=true");
	expect(all).toMatchObject({ shelf: "trending", source: "popular", recommendationId: null });
	expect(all.items.map(({ id, reason }) => [id, reason?.kind])).toEqual([
		["nail-8", "trending"],
		["lip-1", "popular"],
		["lip-2", "popular"],
	]);
	expect(idsOf(await shop.answer("GET", "/v1/trending?limit=2&category=nail"))).toEqual(["nail-8", "nail-5"]);
	const personal = await shop.answer<ShelfResponse>("POST", "/v1/shelves/trending", { history: [{ item: "lip-1" }], limit: 3 });
	expect(personal).toMatchObject({ source: "personal", recommendationId: expect.stringMatching(/^[\w-]{60,}$/) });
	expect(idsOf(personal)).toEqual(["nail-8", "lip-2", "口红-3"]);
});

test("what the catalogue saw last is new within a minute, keeps its day when it changes, and is gone when it is deleted", async () => {
	await list([product("lip-1"), product("lip-2")], NOW - 9 * DAY);
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	await list([product("新-1", { title: "Red lip", category: "new" })], NOW);
	await list([product("lip-2", { price: 1 })], NOW + 1);
	shop.advance(50);
	await shop.warm();
	const newest = await shop.answer<ShelfResponse>("GET", "/v1/new?limit=4&explain=true");
	expect(newest.items.slice(0, 3).map(({ id, reason }) => [id, reason?.kind])).toEqual([
		["新-1", "new"],
		["lip-1", "new"],
		["lip-2", "new"],
	]);
	await env.DB.exec("UPDATE products SET deleted = 1, version = version + 100 WHERE id = '新-1'");
	shop.advance(50);
	await shop.warm();
	expect(idsOf(await shop.answer("GET", "/v1/new?limit=4"))).not.toContain("新-1");
});

test("every shelf is answered in its schema, filtered, for a shopper and for anyone", async () => {
	const release = await publishTiny();
	const shop = createShop();
	await shop.warm();
	const history = [{ item: "nail-5", event: "purchase" }, { item: "lip-1", event: "cart" }, { query: "red" }, { item: "没有" }];
	for (const shelf of SHELVES) {
		const body = { history, limit: 4, explain: true, filter: { category: ["nail", "lip"] } };
		const answered = await shop.answer<ShelfResponse>("POST", `/v1/shelves/${shelf}`, body);
		expect(v.parse(ShelfResponse, answered)).toMatchObject({ shelf, release, ignored: 1 });
		expect(answered.items.every(({ id, reason }) => !id.startsWith("hair") && reason !== undefined)).toBe(true);
		if (shelf === "recently-viewed") expect(idsOf(answered)).toEqual(["lip-1", "nail-5"]);
		else if (shelf === "buy-again") expect(idsOf(answered)).toEqual(["nail-5"]);
		else expect([shelf, answered.items.length]).toEqual([shelf, 4]);
	}
	for (const path of PUBLIC) {
		const response = await shop.ask("GET", `${path}?limit=3&priceTo=1000&category=nail`);
		expect(response.headers.get("cache-control")).toBe("public, max-age=10");
		const answered = v.parse(ShelfResponse, await response.json());
		expect(answered.recommendationId).toBeNull();
		expect(idsOf(answered).sort()).toEqual(["nail-5", "nail-6", "nail-7"]);
	}
});

test("a page shows no product twice, leaves out what has nothing, and gives each shelf an id of its own", async () => {
	const release = await publishTiny();
	const shop = createShop();
	const asked = { history: [{ item: "lip-1" }], shelves: SHELVES.map((shelf) => ({ shelf, limit: 2 })) };
	const cold = v.parse(PageResponse, await shop.answer("POST", "/v1/page", asked));
	expect(cold.release).toBeNull();
	await shop.warm();
	const page = v.parse(PageResponse, await shop.answer("POST", "/v1/page", asked));
	expect(page).toMatchObject({ release, ignored: 0 });
	expect(page.shelves.map(({ shelf }) => shelf).sort()).toEqual(SHELVES.filter((shelf) => shelf !== "buy-again").sort());
	for (const each of [cold, page]) {
		const shown = each.shelves.flatMap(idsOf);
		expect(new Set(shown).size).toBe(shown.length);
		expect(new Set(each.shelves.map(({ recommendationId }) => recommendationId)).size).toBe(each.shelves.length);
	}
	expect(
		page.shelves.filter(({ shelf }) => shelf !== "recently-viewed").every(({ items }) => items.length === 2 || items.length === 1),
	).toBe(true);
	for (const { asked: place, shelf } of page.shelves) expect(asked.shelves[place]?.shelf).toBe(shelf);
});

test("with dead stores or without a release each shelf is still answered, without what was dismissed", async () => {
	await list([
		product("a", { category: "x", group: "g" }),
		product("b", { category: "x", group: "g" }),
		product("c"),
		product("d", { stock: 0 }),
	]);
	const history = [{ item: "c", event: "purchase" }, { item: "d" }, { item: "a", event: "dismiss" }];
	const cold = createShop();
	for (const shelf of SHELVES) {
		const answered = await cold.answer<ShelfResponse>("POST", `/v1/shelves/${shelf}`, { history });
		expect(answered).toMatchObject({ source: "static", release: null });
		// d is sold out; of the group b is left.
		const expected = shelf === "recently-viewed" || shelf === "buy-again" ? ["c"] : ["b"];
		expect([shelf, idsOf(answered)]).toEqual([shelf, expected]);
	}
	const dead = createShop({ db: deadBinding(), kv: deadBinding() });
	for (const shelf of SHELVES) {
		const answered = await dead.answer<ShelfResponse>("POST", `/v1/shelves/${shelf}`, { history });
		expect(answered.source).toBe("static");
		expect(idsOf(answered)).not.toContain("a");
	}
	for (const path of PUBLIC) expect(await dead.answer("GET", path)).toMatchObject({ source: "static", items: [] });
	expect(await dead.answer("POST", "/v1/page", { history, shelves: SHELVES.map((shelf) => ({ shelf })) })).toMatchObject({ release: null });

	// A database that dies behind a warm isolate changes nothing but the lists that it alone has.
	await publishTiny();
	let isDead = false;
	const db = new Proxy(env.DB, {
		get: (target, name) => {
			if (isDead) throw new Error("made to fail");
			const member = Reflect.get(target, name);
			return typeof member === "function" ? member.bind(target) : member;
		},
	});
	const warm = createShop({ db });
	await warm.warm();
	isDead = true;
	warm.advance(3600);
	expect(await warm.answer("GET", "/v1/items/lip-1/similar")).toMatchObject({ source: "session", items: { length: 10 } });
	expect(await warm.answer("GET", "/v1/trending")).toMatchObject({ source: "popular", items: { length: 10 } });
});

test("refuses a shelf that there is not, and names each field that is wrong", async () => {
	const shop = createShop();
	expect(await refusal(await shop.ask("POST", "/v1/shelves/nothing", {}))).toMatchObject({ status: 404, code: "not_found" });
	const refusals = async (path: string, body: object) => refusal(await shop.ask("POST", path, body));
	expect(await refusals("/v1/shelves/new", { colour: "red" })).toMatchObject({ status: 400, code: "unknown_field", path: "colour" });
	expect(await refusals("/v1/shelves/new", { limit: 101 })).toMatchObject({ status: 400, path: "limit" });
	expect(await refusals("/v1/page", { shelves: [] })).toMatchObject({ status: 400, path: "shelves" });
	expect(await refusals("/v1/page", { shelves: [{ shelf: "nothing" }] })).toMatchObject({ status: 400, path: "shelves.0.shelf" });
	expect(await refusals("/v1/page", { shelves: [{ shelf: "new" }], history: [{ item: "a", at: NOW + 3600 }] })).toMatchObject({
		status: 400,
		path: "history.0.at",
	});
	for (const [query, path] of [
		["limit=0", "limit"],
		["priceFrom=x", "priceFrom"],
		["history=lip-1", "history"],
		["inStock=maybe", "inStock"],
	]) {
		expect(await refusal(await shop.ask("GET", `/v1/trending?${query}`))).toMatchObject({ status: 400, path });
	}
	expect(await refusal(await shop.ask("GET", `/v1/items/${"x".repeat(129)}/similar`))).toMatchObject({ status: 400, path: "id" });
});

test("ids in any script stand in the path", async () => {
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	const answered = await shop.answer<ShelfResponse>("GET", `/v1/items/${encodeURIComponent("口红-3")}/similar?limit=3`);
	expect(idsOf(answered).every((id) => TINY_ITEMS.some((item) => item.id === id && item.category === "lip"))).toBe(true);
});
