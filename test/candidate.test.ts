import { afterEach, beforeEach, expect, test } from "vitest";
import type { CandidateResponse } from "../src/contract/candidate.ts";
import { drawnFrom, type Exploration, readPolicy } from "../src/contract/policy.ts";
import type { RecommendationResponse } from "../src/contract/recommendation.ts";
import { migrate } from "./admin-fixtures.ts";
import { reset } from "./feedback-fixtures.ts";
import { TINY_ITEMS } from "./fixtures/tiny-release.ts";
import { createShop, list, product, publishTiny } from "./surface-fixtures.ts";

const HISTORY = [{ item: "lip-1" }];
const REQUEST = { history: HISTORY, limit: 5 };

beforeEach(migrate);
afterEach(reset);

async function openShop() {
	await list(TINY_ITEMS.map(({ id, category }) => product(id, { category })));
	const active = await publishTiny();
	const canary = await publishTiny(0, "20260102T000000Z");
	const shop = createShop();
	await shop.warm();
	const answersOf = async (id: string, body: object) => {
		const response = await shop.admin("POST", `/admin/releases/${id}/answers`, body);
		return { status: response.status, ...(await response.json<CandidateResponse & { error: { code: string } }>()) };
	};
	return { ...shop, active, canary, answersOf };
}
const idsOf = ({ items }: Pick<RecommendationResponse, "items">) => items.map(({ id }) => id);

test("a canary that nobody gets answers what it would answer, as does the active release", async () => {
	const shop = await openShop();
	const served = await shop.answer<RecommendationResponse>("POST", "/v1/recommendations", REQUEST);
	expect(served.release).toBe(shop.active);
	for (const id of [shop.active, shop.canary]) {
		const { release, answers } = await shop.answersOf(id, { requests: [{ request: REQUEST }, { request: { ...REQUEST, limit: 2 } }] });
		expect([release, answers.map(idsOf)]).toEqual([id, [idsOf(served), idsOf(served).slice(0, 2)]]);
	}
	expect(await shop.answersOf("20200101T000000Z-0123456789", { requests: [{ request: REQUEST }] })).toMatchObject({ status: 404 });
	expect((await shop.ask("POST", `/admin/releases/${shop.active}/answers`, { requests: [{ request: REQUEST }] })).status).toBe(401);
});

test("rules that are sent stand in for the stored ones, and an exploring surface is asked without drawing", async () => {
	const shop = await openShop();
	const rule = (item: string) => ({ action: { kind: "pin", items: [item], place: 1 } });
	await shop.admin("PUT", "/admin/rules/stored", rule("hair-12"));
	shop.advance(11);
	await shop.warm();
	const firstOf = async (more: object) => {
		const { answers } = await shop.answersOf(shop.canary, { requests: [{ request: { ...REQUEST, surface: "email" } }], ...more });
		return idsOf(answers[0] as RecommendationResponse);
	};
	const stored = await firstOf({});
	expect(stored[0]).toBe("hair-12");
	expect(await firstOf({})).toEqual(stored);
	expect((await firstOf({ rules: [] }))[0]).not.toBe("hair-12");
	expect((await firstOf({ rules: [{ id: "new", rule: rule("nail-8") }] }))[0]).toBe("nail-8");
});

test("what a signed id holds is read, and nothing of an id that was not signed here", async () => {
	const shop = await openShop();
	const ranked = idsOf(await shop.answer<RecommendationResponse>("POST", "/v1/recommendations", { ...REQUEST, limit: 10 }));
	const drawn = await shop.answer<RecommendationResponse>("POST", "/v1/recommendations", { ...REQUEST, surface: "email" });
	const id = drawn.recommendationId as string;
	const response = await shop.admin("POST", "/admin/recommendation-ids", { ids: [id, `${id.slice(0, -1)}A`, "made up"] });
	const { ids } = await response.json<{ ids: ({ policy: string; seed: number } | null)[] }>();
	expect(ids.slice(1)).toEqual([null, null]);
	expect(ids[0]).toMatchObject({ release: shop.active, surface: "email" });
	const exploration = readPolicy(ids[0]?.policy ?? "")?.exploration as Exploration;
	expect(exploration).toEqual({ share: 1, keep: 1, places: 5, reserve: 9, pinned: [] });
	expect(idsOf(drawn)).toEqual(drawnFrom(ids[0]?.seed ?? 0, exploration).ranks.map((rank) => ranked[rank]));
	expect((await shop.ask("POST", "/admin/recommendation-ids", { ids: [id] })).status).toBe(401);
});
