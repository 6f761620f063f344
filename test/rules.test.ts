import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RankResponse } from "../src/contract/rank.ts";
import type { RecommendationResponse } from "../src/contract/recommendation.ts";
import type { PageResponse, ShelfResponse } from "../src/contract/shelf.ts";
import { migrate } from "./admin-fixtures.ts";
import { TINY_ITEMS } from "./fixtures/tiny-release.ts";
import { createShop, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const ALL = TINY_ITEMS.map(({ id }) => id);
const HISTORY = [{ item: "lip-1" }];
type Listed = { readonly items: readonly { readonly id: string }[] };
const idsOf = ({ items }: Listed) => items.map(({ id }) => id);
const categoryOf = (id: string) => TINY_ITEMS.find((item) => item.id === id)?.category ?? null;

async function openShop() {
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	const recommend = (more: object = {}) =>
		shop.answer<RecommendationResponse>("POST", "/v1/recommendations", { history: HISTORY, limit: 4, explain: true, ...more });
	/** Stores a rule and lets the isolate read it. */
	async function rule(id: string, action: object, more: object = {}) {
		const response = await shop.admin("PUT", `/admin/rules/${id}`, { action, ...more });
		expect(response.status).toBe(200);
		shop.advance(10);
		await recommend();
	}
	return { ...shop, recommend, rule };
}

test("a filter narrows every surface that shows products, and the answer names the rule", async () => {
	const shop = await openShop();
	await shop.rule("only-nails", { kind: "filter", filter: { category: ["nail"] } });
	const answers = await Promise.all([
		shop.recommend(),
		shop.recommend({ history: [] }),
		shop.answer<ShelfResponse>("POST", "/v1/shelves/popular", { history: HISTORY }),
		shop.answer<ShelfResponse>("GET", "/v1/popular"),
		shop.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids: ALL }),
		shop.answer<PageResponse>("POST", "/v1/page", { history: HISTORY, shelves: [{ shelf: "personal" }] }).then(({ shelves }) => shelves[0]),
	]);
	for (const answer of answers) {
		expect(answer).toMatchObject({ rules: ["only-nails"] });
		expect(idsOf(answer as Listed).length).toBeGreaterThan(1);
		expect(new Set(idsOf(answer as Listed).map(categoryOf))).toEqual(new Set(["nail"]));
	}
	expect((await shop.recommend({ filter: { category: ["lip"] } })).items).toEqual([]);
});

test("a boost lifts what matches and says by how much, a bury sinks it, with and without a history", async () => {
	const shop = await openShop();
	const before = await shop.recommend();
	expect(before.rules).toBeUndefined();
	await shop.rule("hair-up", { kind: "boost", filter: { category: ["hair"] }, by: 15 });
	const after = await shop.recommend();
	expect(idsOf(after).slice(0, 1).map(categoryOf)).toEqual(["hair"]);
	expect(after.items[0]).toMatchObject({ contributions: { rules: 15 }, reason: { rules: [{ kind: "boost", rule: "hair-up", by: 15 }] } });
	expect(categoryOf(idsOf(await shop.recommend({ history: [] }))[0] as string)).toBe("hair");
	const page = () =>
		shop
			.answer<PageResponse>("POST", "/v1/page", { shelves: [{ shelf: "popular", limit: 12 }] })
			.then(({ shelves }) => idsOf(shelves[0] as Listed));
	expect((await page()).slice(0, 3).map(categoryOf)).toEqual(["hair", "hair", "hair"]);
	await shop.rule("hair-up", { kind: "bury", filter: { category: ["hair"] }, by: 15 });
	expect((await page()).slice(-3).map(categoryOf)).toEqual(["hair", "hair", "hair"]);
	const ranked = await shop.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids: ["hair-9", "nail-5", "lip-2"] });
	expect(idsOf(ranked).at(-1)).toBe("hair-9");
});

test("a pin stands in its place as far as the request lets it be shown, and nowhere else on the page", async () => {
	const shop = await openShop();
	await shop.rule("spring", { kind: "pin", items: ["hair-12", "nail-8"], place: 2 });
	const pinned = await shop.recommend();
	expect(idsOf(pinned).slice(1, 3)).toEqual(["hair-12", "nail-8"]);
	expect(pinned.items[1]?.reason).toEqual({
		kind: "rule",
		rule: "spring",
		rules: [{ kind: "pin", rule: "spring", place: 2 }],
		sentence: "Recommended by the shop",
	});
	expect(new Set(idsOf(pinned)).size).toBe(4);
	expect(idsOf(await shop.recommend({ history: [] })).slice(1, 3)).toEqual(["hair-12", "nail-8"]);
	expect(idsOf(await shop.recommend({ exclude: ["hair-12"] }))[1]).toBe("nail-8");
	// A list that ends before the place is what it would be without the rule.
	await shop.rule("later", { kind: "pin", items: ["lip-2"], place: 9 });
	expect(idsOf(await shop.recommend({ limit: 1 }))).toEqual(["lip-2"]);
	await list([product("nail-8", { category: "nail", stock: 0 })]);
	shop.advance(10);
	await shop.recommend();
	expect(idsOf(await shop.recommend())).not.toContain("nail-8");
	const ranked = await shop.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids: ["lip-2", "nail-5", "hair-12"] });
	expect(idsOf(ranked)[1]).toBe("hair-12");
	const asked = {
		history: HISTORY,
		shelves: [
			{ shelf: "personal", limit: 3 },
			{ shelf: "popular", limit: 3 },
		],
	};
	const { shelves } = await shop.answer<PageResponse>("POST", "/v1/page", asked);
	const shown = shelves.flatMap(idsOf);
	expect(shown.filter((id) => id === "hair-12")).toHaveLength(1);
	expect(new Set(shown).size).toBe(6);
});

test("wherever a rule moved a product, its reason names the rule and what it did; elsewhere no rule is named", async () => {
	const shop = await openShop();
	await shop.rule("hair-up", { kind: "boost", filter: { category: ["hair"] }, by: 15 });
	await shop.rule("nails-down", { kind: "bury", filter: { category: ["nail"] }, by: 4 });
	await shop.rule("dear", { kind: "boost", filter: { price: { gte: 3500 } }, by: 2 });
	await shop.rule("spring", { kind: "pin", items: ["lip-2"], place: 1 });
	type Explained = { readonly items: readonly Pick<RecommendationResponse["items"][number], "id" | "reason">[] };
	const effectsOf = ({ items }: Explained) => new Map(items.map(({ id, reason }) => [id, reason?.rules]));
	const expected = (id: string): object[] | undefined => {
		if (id === "lip-2") return [{ kind: "pin", rule: "spring", place: 1 }];
		const price = TINY_ITEMS.find((item) => item.id === id)?.price ?? -1;
		const effects = [
			...(price >= 3500 ? [{ kind: "boost", rule: "dear", by: 2 }] : []),
			...(categoryOf(id) === "hair" ? [{ kind: "boost", rule: "hair-up", by: 15 }] : []),
			...(categoryOf(id) === "nail" ? [{ kind: "bury", rule: "nails-down", by: -4 }] : []),
		];
		return effects.length === 0 ? undefined : effects;
	};
	const asked = { history: HISTORY, explain: true };
	const shelf = (name: string, more: object) => shop.answer<ShelfResponse>("POST", `/v1/shelves/${name}`, { ...asked, limit: 4, ...more });
	const page = await shop.answer<PageResponse>("POST", "/v1/page", { ...asked, shelves: [{ shelf: "popular", limit: 12 }] });
	const answers: Explained[] = [
		await shop.recommend({ history: [], limit: 12 }),
		await shop.answer<ShelfResponse>("GET", "/v1/popular?explain=true&limit=12"),
		await shelf("personal", {}),
		page.shelves[0] as Explained,
		{ items: (await shop.answer<RankResponse>("POST", "/v1/rank", { ...asked, ids: ALL })).items },
	];
	for (const [n, answer] of answers.entries()) {
		const told = effectsOf(answer);
		expect(told.size, String(n)).toBeGreaterThan(2);
		expect(
			[...told.values()].some((effects) => effects?.some(({ kind }) => kind !== "pin")),
			String(n),
		).toBe(true);
		for (const [id, effects] of told) expect([n, id, effects]).toEqual([n, id, expected(id)]);
	}
	// What the history holds stands in its own order, whatever is lifted.
	const viewed = await shelf("recently-viewed", { history: [{ item: "hair-9" }, { item: "nail-5" }] });
	expect(viewed.items.filter(({ id }) => id !== "lip-2").map(({ id, reason }) => [id, reason?.rules])).toEqual([
		["nail-5", undefined],
		["hair-9", undefined],
	]);
	// Without `explain` nothing is told.
	expect((await shop.recommend({ explain: false })).items.every(({ reason }) => reason === undefined)).toBe(true);
});

test("a preview tells before and after without storing anything", async () => {
	const shop = await openShop();
	const rule = { action: { kind: "pin", items: ["hair-12"], place: 1 } };
	const ask = (body: object) => shop.admin("POST", "/admin/rules/preview", body).then((response) => response.json());
	const preview = (await ask({ id: "draft", rule, request: { history: HISTORY } })) as {
		before: RecommendationResponse;
		after: RecommendationResponse;
	};
	expect([idsOf(preview.before)[0] === "hair-12", idsOf(preview.after)[0]]).toEqual([false, "hair-12"]);
	expect(preview.after).toMatchObject({ rules: ["draft"], recommendationId: null });
	expect(await env.DB.prepare("SELECT count(*) AS n FROM rules").first()).toEqual({ n: 0 });
	await shop.rule("draft", rule.action);
	expect(await ask({ id: "draft", rule: null, request: { history: HISTORY } })).toMatchObject({
		before: { rules: ["draft"] },
		after: { items: preview.before.items },
	});
});

test("rules are stored, listed and deleted; what is wrong with one is told by its field", async () => {
	const shop = await openShop();
	await shop.rule("b", { kind: "pin", items: ["lip-1"], place: 1 }, { surface: "home", from: 5, until: 9, note: "why" });
	await shop.rule("a", { kind: "pin", items: ["lip-1"], place: 1 });
	const all = await (await shop.admin("GET", "/admin/rules")).json();
	expect(all).toMatchObject({
		rules: [
			{ id: "a", enabled: true },
			{ id: "b", surface: "home", from: 5, until: 9, note: "why" },
		],
	});
	expect((await shop.admin("DELETE", "/admin/rules/a")).status).toBe(204);
	expect((await shop.admin("DELETE", "/admin/rules/a")).status).toBe(404);
	const pathOf = async (id: string, body: object) => {
		const { error } = (await (await shop.admin("PUT", `/admin/rules/${id}`, body)).json()) as { error: { code: string; path: string } };
		return `${error.code} ${error.path}`;
	};
	const action = { kind: "boost", filter: { category: ["a"] }, by: 1 };
	expect(await pathOf("Ä", { action })).toBe("invalid_field id");
	expect(await pathOf("x", {})).toBe("invalid_field action");
	expect(await pathOf("x", { action: { ...action, kind: "explode" } })).toBe("invalid_field action.kind");
	expect(await pathOf("x", { action: { ...action, filter: {} } })).toBe("invalid_field action.filter");
	expect(await pathOf("x", { action: { ...action, by: 0 } })).toBe("invalid_field action.by");
	expect(await pathOf("x", { action, from: 9, until: 9 })).toBe("invalid_field ");
	expect(await pathOf("x", { action, sureface: "home" })).toBe("unknown_field sureface");
});

test("a shop has a bounded number of rules, and a stored one that cannot be read is left out", async () => {
	const shop = await openShop();
	const row = env.DB.prepare("INSERT INTO rules (id, rule, updatedAt) VALUES (?1, ?2, 0)");
	await env.DB.batch(Array.from({ length: 200 }, (_, n) => row.bind(`r${n}`, JSON.stringify({ action: { kind: "later" } }))));
	expect((await shop.admin("PUT", "/admin/rules/one-more", { action: { kind: "pin", items: ["lip-1"], place: 1 } })).status).toBe(409);
	await shop.rule("r7", { kind: "pin", items: ["hair-12"], place: 1 });
	expect(await shop.recommend()).toMatchObject({ rules: ["r7"], items: [{ id: "hair-12" }, {}, {}, {}] });
});
