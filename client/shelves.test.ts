import { describe, expect, test } from "vitest";
import { createEdgeshelf } from "./edgeshelf.ts";
import { fakeBrowser } from "./fake-browser.ts";
import type { Question } from "./types.ts";

const listOf = (...ids: string[]) => ({
	recommendationId: "r",
	release: "x",
	source: "personal",
	items: ids.map((id) => ({ id, score: 1 })),
});

function setUp(options: Parameters<typeof createEdgeshelf>[0] = {}) {
	const browser = fakeBrowser();
	let answers = 0;
	browser.answer = () => Response.json(listOf(`answer-${++answers}`));
	return { browser, client: createEdgeshelf({ surroundings: browser.surroundings, ...options }) };
}
const idOf = (answer: { readonly items: readonly { readonly id: string }[] } | undefined) => answer?.items[0]?.id;

describe("shelves", () => {
	test("are asked for once while the answer is fresh and nothing happened", async () => {
		const { browser, client } = setUp();
		const question = { shelf: "similar", item: "a" } as const;
		const both = await Promise.all([client.shelf(question), client.shelf(question)]);
		expect(both.map(idOf)).toEqual(["answer-1", "answer-1"]);
		expect(idOf(await client.shelf({ ...question }))).toBe("answer-1");
		await browser.pass(30_000);
		expect(idOf(await client.shelf(question))).toBe("answer-2");
		expect(browser.received).toHaveLength(2);
	});

	test("show the older answer at once when the history has grown, then the new one", async () => {
		const { client } = setUp();
		await client.shelf({ surface: "home" });
		client.track({ type: "view", item: "a" });
		const stale: (string | undefined)[] = [];
		const fresh = await client.shelf({ surface: "home" }, (answer) => stale.push(idOf(answer)));
		expect([stale, idOf(fresh)]).toEqual([["answer-1"], "answer-2"]);
	});

	test("that were prefetched need no further request", async () => {
		const { browser, client } = setUp();
		client.prefetch({ shelf: "similar", item: "a" });
		expect(idOf(await client.shelf({ shelf: "similar", item: "a" }))).toBe("answer-1");
		expect(browser.received).toHaveLength(1);
	});

	test("that cannot be had reject, a prefetch is silent, and the next question asks again", async () => {
		const { browser, client } = setUp();
		browser.isOffline = true;
		client.prefetch({ surface: "home" });
		await expect(client.shelf({ surface: "home" })).rejects.toThrow();
		browser.isOffline = false;
		expect(idOf(await client.shelf({ surface: "home" }))).toBe("answer-1");
	});

	test.each([
		[{ surface: "home", limit: 5 }, "/v1/recommendations?limit=5&surface=home"],
		[{ shelf: "trending", filter: { category: ["Shoes"] }, explain: true }, "/v1/trending?category=Shoes&explain=true"],
		[{ shelf: "similar", item: "a/b c" }, "/v1/items/a%2Fb%20c/similar?"],
		[{ shelf: "bought-together", items: ["a", "b"] }, "/v1/items/b/bought-together?"],
		[{ shelf: "bought-together" }, "/v1/recommendations?"],
		[{ shelf: "new", filter: { price: { gte: 1, lte: 9 }, inStock: true } }, "/v1/new?priceFrom=1&priceTo=9&inStock=true"],
	] satisfies [Question, string][])("without a word of the shopper are asked for publicly: %o", async (question, address) => {
		const { browser, client } = setUp({ consent: false });
		await client.shelf(question);
		expect(browser.received).toEqual([{ address, body: null, by: "fetch" }]);
	});

	test("of the page's own take diversity and say whether they may be learnt from; others do not", async () => {
		const { browser, client } = setUp();
		const wish = { limit: 5, diversity: 0.3, novelty: 0.1 };
		await client.shelf({ surface: "home", ...wish });
		await client.shelf({ shelf: "similar", item: "a", ...wish });
		client.setConsent(true);
		await client.shelf({ surface: "home", ...wish });
		expect(browser.received.map(({ address, body }) => [address, body])).toEqual([
			["/v1/recommendations", { surface: "home", ...wish, history: [] }],
			["/v1/shelves/similar", { item: "a", limit: 5, history: [] }],
			["/v1/recommendations", { surface: "home", ...wish, consent: true, history: [] }],
		]);
	});

	test("of what the history holds are empty without asking anyone", async () => {
		const { browser, client } = setUp({ consent: false });
		expect((await client.shelf({ shelf: "recently-viewed" })).items).toEqual([]);
		expect(browser.received).toEqual([]);
	});

	test("that everybody sees still leave out what was dismissed here", async () => {
		const { browser, client } = setUp({ consent: false });
		browser.answer = () => Response.json(listOf("a", "b", "c"));
		client.track({ type: "dismiss", item: "b" });
		expect((await client.shelf({ surface: "home", exclude: ["c"] })).items.map(({ id }) => id)).toEqual(["a"]);
	});

	test("other routes get the history where it may be sent, and are refused by name", async () => {
		const { browser, client } = setUp();
		client.track({ type: "view", item: "a" });
		await client.post("/v1/rank", { ids: ["b"] });
		await client.post("/v1/suggest", { query: "b" }, false);
		expect(browser.received.pop()?.body).toEqual({ query: "b" });
		client.setConsent(false);
		await client.post("/v1/rank", { ids: ["b"] });
		expect(browser.received.map(({ body }) => body)).toMatchObject([{ ids: ["b"], history: [{ item: "a" }] }, { ids: ["b"] }]);
		expect(browser.received[1]?.body).not.toHaveProperty("history");
		browser.answer = () => new Response(null, { status: 404 });
		await expect(client.post("/v1/nothing", {})).rejects.toThrow("/v1/nothing answered 404");
	});

	test("tell their listeners of each change, until they are stopped", () => {
		const { client } = setUp();
		let heard = 0;
		const stop = client.onChange(() => heard++);
		client.track({ type: "view", item: "a" });
		client.track({ type: "impression", item: "a" });
		client.setConsent(true);
		stop();
		client.forget();
		expect(heard).toBe(2);
	});
});
