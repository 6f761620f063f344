import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RankResponse } from "../src/contract/rank.ts";
import type { RecommendationResponse } from "../src/contract/recommendation.ts";
import type { PageResponse, ShelfResponse } from "../src/contract/shelf.ts";
import { migrate } from "./admin-fixtures.ts";
import { createShop, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const TITLES = { zh: "红色口红", "de-AT": "Roter Lippenstift" };

async function open() {
	await publishTiny();
	await list([product("lip-1", { title: "Red lipstick", titles: TITLES, category: "lip" })]);
	const shop = createShop();
	await shop.warm();
	async function sentences<T extends object = ShelfResponse>(path: string, body: object | null, headers = {}) {
		const response = await shop.ask(body === null ? "GET" : "POST", path, body ?? undefined, headers);
		expect(response.status).toBe(200);
		return { response, answer: (await response.json()) as T };
	}
	return { ...shop, sentences };
}
const first = ({ items }: Pick<ShelfResponse | RecommendationResponse | RankResponse, "items">) => items[0]?.reason?.sentence;
const ASKED = { history: [{ item: "lip-1" }], explain: true, limit: 2 };

test.each<[language: string | undefined, accepted: string | undefined, sentence: string]>([
	[undefined, undefined, "Because you viewed Red lipstick"],
	["zh-CN", undefined, "因为您看过红色口红"],
	["de", "zh", "Weil Sie sich Roter Lippenstift angesehen haben"],
	[undefined, "fr, zh;q=0.8", "因为您看过红色口红"],
	["fr", "de-CH", "Weil Sie sich Roter Lippenstift angesehen haben"],
	["fr", "fr", "Because you viewed Red lipstick"],
])("language %j with Accept-Language %j: %s", async (language, accepted, sentence) => {
	const { sentences } = await open();
	const body = { ...ASKED, ...(language !== undefined && { language }) };
	const headers = accepted === undefined ? {} : { "accept-language": accepted };
	expect(first((await sentences<RecommendationResponse>("/v1/recommendations", body, headers)).answer)).toBe(sentence);
});

test("every surface that explains says it in words, and none that does not", async () => {
	const { sentences } = await open();
	const ask = async <T extends object>(path: string, more: object = {}) => (await sentences<T>(path, { ...ASKED, ...more })).answer;
	expect(first(await ask<RankResponse>("/v1/rank", { ids: ["lip-2"], limit: undefined, language: "zh" }))).toBe("因为您看过红色口红");
	expect(first(await ask<ShelfResponse>("/v1/shelves/similar", { item: "lip-1", history: [] }))).toBe("Similar to Red lipstick");
	expect(first(await ask<ShelfResponse>("/v1/shelves/bought-together", { item: "lip-1" }))).toBe("Often bought with Red lipstick");
	expect(first(await ask<ShelfResponse>("/v1/shelves/recently-viewed", { language: "de" }))).toBe("Von Ihnen angesehen");
	const shelves = ["personal", "popular"].map((shelf) => ({ shelf, limit: 2 }));
	const page = await ask<PageResponse>("/v1/page", { shelves, limit: undefined, history: [{ item: "lip-1", event: "cart" }] });
	const told = page.shelves.flatMap(({ items }) => items.map(({ reason }) => reason?.sentence));
	expect(told).toHaveLength(4);
	expect(new Set(told)).toEqual(new Set(["Because Red lipstick is in your cart", "Popular"]));
	expect(first(await ask<RecommendationResponse>("/v1/recommendations", { item: "lip-1", history: [] }))).toBe("Goes with Red lipstick");
	const { items } = await ask<RecommendationResponse>("/v1/recommendations", { explain: false });
	expect(items.every(({ reason }) => reason === undefined)).toBe(true);
});

test("a product without a title in the catalogue is not named, and one that was changed goes by its new one", async () => {
	const { sentences, advance } = await open();
	const of = async (item: string) => first((await sentences("/v1/shelves/similar", { ...ASKED, item })).answer);
	expect(await of("nail-5")).toBe("Similar to what you viewed");
	await list([product("lip-1", { title: "Crimson\nlipstick", category: "lip" })]);
	advance(10);
	await of("lip-1");
	expect(await of("lip-1")).toBe("Similar to Crimson lipstick");
});

test("a public form goes by its query alone: the header changes nothing, and no cache is told of it", async () => {
	const { sentences } = await open();
	for (const path of ["/v1/items/lip-1/similar?explain=true", "/v1/recommendations?explain=true&item=lip-1"]) {
		const [plain, german, chinese] = await Promise.all([
			sentences(path, null),
			sentences(path, null, { "accept-language": "de" }),
			sentences(`${path}&language=zh-Hans`, null, { "accept-language": "de" }),
		]);
		expect(german.answer).toEqual(plain.answer);
		expect(first(plain.answer)).toMatch(/Red lipstick$/);
		expect(first(chinese.answer)).toContain("红色口红");
		for (const { response } of [plain, german, chinese]) {
			expect(response.headers.get("vary") ?? "").not.toMatch(/language/i);
			expect(response.headers.get("cache-control")).toMatch(/^public/);
		}
	}
});

test("while no release is loaded a list says that it is popular; a tag that is none is refused", async () => {
	await list([product("a", { title: "Lamp" })]);
	const { ask, answer } = createShop();
	const cold = await answer<RecommendationResponse>("POST", "/v1/recommendations", { explain: true, language: "zh" });
	expect([cold.source, first(cold)]).toEqual(["static", "热门"]);
	const refused = await ask("POST", "/v1/recommendations", { language: "de_DE" });
	expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: "invalid_field", path: "language" } }]);
});
