import { reset } from "cloudflare:test";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RANK_MAX_IDS, RankResponse } from "../src/contract/rank.ts";
import { migrate, refusal } from "./admin-fixtures.ts";
import { TINY_ITEMS } from "./fixtures/tiny-release.ts";
import { createShop, deadBinding, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const ALL = TINY_ITEMS.map(({ id }) => id);
const HISTORY = [{ item: "nail-5" }];
const idsOf = ({ items }: RankResponse) => items.map(({ id }) => id);

test("a list comes back as it was given until a release is loaded, then in personal order, then as tables alone have it", async () => {
	const release = await publishTiny();
	const shop = createShop();
	const ask = () => shop.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids: ALL });
	expect(await ask()).toMatchObject({ source: "static", release: null, items: ALL.map((id) => ({ id, score: null })) });
	const ranked = await ask();
	expect(v.parse(RankResponse, ranked)).toMatchObject({ source: "personal", release, omitted: [], ignored: 0 });
	expect(idsOf(ranked).slice(0, 4).sort()).toEqual(["nail-5", "nail-6", "nail-7", "nail-8"]);
	expect(ranked.recommendationId).toMatch(/^[\w-]{60,}$/);
	expect(await shop.answer("POST", "/v1/rank", { ids: ALL.toReversed() })).toMatchObject({
		source: "static",
		items: ALL.toReversed().map((id) => ({ id })),
	});
	const modelless = createShop({ makeEncoder: () => Promise.reject(new Error("no model")) });
	await modelless.warm();
	const session = await modelless.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids: ALL });
	expect(session).toMatchObject({ source: "session", release });
	expect(new Set(idsOf(session))).toEqual(new Set(ALL));
});

test("with every store dead a list is still answered, without what was dismissed", async () => {
	const shop = createShop({ db: deadBinding(), kv: deadBinding() });
	const history = [{ item: "b", event: "dismiss" }];
	expect(await shop.answer("POST", "/v1/rank", { history, ids: ["c", "b", "a"] })).toMatchObject({
		source: "static",
		items: [{ id: "c" }, { id: "a" }],
		omitted: ["b"],
	});
});

test("a product dismissed takes its variants with it, in a list and among the recommendations", async () => {
	await publishTiny();
	await list([product("lip-1", { group: "lip" }), product("lip-2", { group: "lip" })]);
	const shop = createShop();
	await shop.warm();
	const history = [{ item: "口红-3" }, { item: "lip-2", event: "dismiss" }];
	const ranked = await shop.answer<RankResponse>("POST", "/v1/rank", { history, ids: ALL });
	expect(ranked.omitted).toEqual(["lip-1", "lip-2"]);
	const request = { history, limit: 12, excludeSeen: false };
	const served = await shop.answer<RankResponse>("POST", "/v1/recommendations", request);
	expect(served.source).toBe("personal");
	expect(idsOf(served).sort()).toEqual(ALL.filter((id) => id !== "lip-1" && id !== "lip-2").sort());
	// The dismissal is no entry of the encoder's: the list is that of a history without it.
	const without = { ...request, history: [{ item: "口红-3" }], exclude: ranked.omitted };
	expect((await shop.answer<RankResponse>("POST", "/v1/recommendations", without)).items).toEqual(served.items);
});

test.each<[string, object, string]>([
	["no list", {}, "ids"],
	["a list too long", { ids: Array.from({ length: RANK_MAX_IDS + 1 }, (_, n) => `i${n}`) }, "ids"],
	["an empty id", { ids: [""] }, "ids.0"],
	["an unknown field", { ids: [], email: "jane@example.com" }, "email"],
	["a dismissal of words", { ids: [], history: [{ query: "red", event: "dismiss" }] }, "history.0"],
])("refuses %s, naming the field", async (_, body, path) => {
	expect(await refusal(await createShop().ask("POST", "/v1/rank", body))).toMatchObject({ status: 400, path });
});

test("takes the longest list, each id once", async () => {
	await publishTiny();
	const shop = createShop();
	await shop.warm();
	const ids = Array.from({ length: RANK_MAX_IDS }, (_, n) => (n < 12 ? (ALL[n] as string) : `unknown-${n % 900}`));
	const ranked = await shop.answer<RankResponse>("POST", "/v1/rank", { history: HISTORY, ids, explain: true });
	expect(idsOf(ranked).slice(12)).toEqual([...new Set(ids)].slice(12));
	// What is known has a reason, what is not has none.
	expect(ranked.items.findIndex(({ reason }) => reason === undefined)).toBe(12);
	expect(ranked.items[0]?.reason).toMatchObject({ kind: "because", item: "nail-5" });
});
