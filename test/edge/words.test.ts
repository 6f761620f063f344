import type { D1Database } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CROWD_MIN_VISITORS } from "../../src/contract/crowd.ts";
import type { RecommendationResponse } from "../../src/contract/recommendation.ts";
import type { SearchResponse, SuggestResponse } from "../../src/contract/search.ts";
import { tinyRelease } from "../fixtures/tiny-release.ts";
import { TINY_MODEL } from "./serving.ts";
import { createTapped } from "./tapped.ts";

const TOKEN = "operator";
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
/** Machines are no crowd. */
const BROWSER = { "user-agent": "Mozilla/5.0 (iPhone) Mobile" };
/** Isolates read rules and synonyms every 10 seconds, lists every 30, and the queue delivers after one. */
const OBEYED = { timeout: 55_000, interval: 1000 };

const server = createTapped(TOKEN, ["catalogue", "release", "train", "read"]);
const worker = server.getWorker<{ DB: D1Database }>();

async function ask<T>(method: string, path: string, body: string | Uint8Array | object | null, headers = {}): Promise<T> {
	const sent = body === null || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
	const response = await server.fetch(path, { method, headers, ...(sent !== null && { body: sent }) });
	const text = await response.text();
	expect(response.ok, `${path}: ${response.status} ${text}`).toBe(true);
	return (text === "" ? null : JSON.parse(text)) as T;
}
const admin = (method: string, path: string, body: string | Uint8Array | object | null) => ask(method, path, body, AUTHORIZED);
const search = (query: string, more: object = {}) => ask<SearchResponse>("POST", "/v1/search", { query, ...more });

beforeAll(async () => {
	await server.listen();
	await worker.applyD1Migrations("DB");
	const products = [
		{ id: "lip-1", title: "Red lip", titles: { zh: "红色唇膏" }, category: "lip" },
		...["red", "blue"].map((colour) => ({
			id: `varnish-${colour}`,
			title: `Nail polish ${colour}`,
			group: "varnish",
			attributes: { constructor: colour },
		})),
	];
	await admin("PUT", "/admin/catalogue", products.map((product) => JSON.stringify(product)).join("\n"));
	const { manifest, files } = await tinyRelease(TINY_MODEL);
	for (const [name, content] of Object.entries({ ...files, "manifest.json": JSON.stringify(manifest) }))
		await admin("PUT", `/admin/releases/${manifest.id}/${name}`, content);
	await admin("POST", `/admin/releases/${manifest.id}/activate`, { by: "operator" });
	// The clock makes the day's salt, by which visitors are told apart.
	await ask("POST", "/test/cron", "");
	await vi.waitFor(async () => {
		const { source } = await ask<RecommendationResponse>("POST", "/v1/recommendations", { history: [{ item: "lip-1" }] });
		expect([source, (await search("polish")).source]).toEqual(["personal", "words"]);
	}, OBEYED);
});
afterAll(() => server.close());

test("reasons are told in the browser's language, and a rule by its name", async () => {
	await admin("PUT", "/admin/rules/nails", { surface: "home", action: { kind: "boost", filter: { category: ["nail"] }, by: 15 } });
	const body = { history: [{ item: "lip-1" }], explain: true, limit: 1 };
	await vi.waitFor(async () => {
		const { items } = await ask<RecommendationResponse>("POST", "/v1/recommendations", body, { "accept-language": "zh-CN,zh;q=0.9" });
		expect(items[0]?.reason).toEqual({
			kind: "because",
			item: "lip-1",
			sentence: "因为您看过红色唇膏",
			rules: [{ kind: "boost", rule: "nails", by: 15 }],
		});
	}, OBEYED);
});

test("variants are one product, an attribute called constructor filters, and a synonym finds", async () => {
	expect(await search("nail polish", { facets: ["constructor"] })).toMatchObject({
		total: 1,
		facets: [
			{
				name: "constructor",
				values: [
					{ value: "blue", count: 1 },
					{ value: "red", count: 1 },
				],
			},
		],
	});
	const red = await search("nail polish", { filter: { attributes: { constructor: ["red"] } } });
	expect(red.items.map(({ id }) => id)).toEqual(["varnish-red"]);
	await admin("PUT", "/admin/synonyms", { synonyms: [{ kind: "group", phrases: ["指甲油", "nail polish"] }] });
	await vi.waitFor(async () => {
		const { total, items } = await search("指甲油");
		expect([total, items[0]?.id]).toEqual([1, expect.stringMatching(/^varnish/)]);
	}, OBEYED);
});

test("what 49 visitors search for is suggested to nobody, what 50 do to all", async () => {
	const { DB } = await worker.getEnv();
	/** The token vouches that each session is a visitor of its own. */
	async function visit(from: number, to: number) {
		for (let visitor = from; visitor <= to; visitor++) {
			const event = {
				id: `search-${String(visitor).padStart(16, "0")}`,
				type: "search",
				query: "Red polish",
				at: Math.floor(Date.now() / 1000),
			};
			await ask("POST", "/v1/events", { session: `session-${visitor}`, consent: true, events: [event] }, { ...AUTHORIZED, ...BROWSER });
		}
		await vi.waitFor(async () => {
			const counted = await DB.prepare("SELECT sum(n) AS n FROM event_counts WHERE type = 'search'").first<{ n: number }>();
			expect(counted?.n).toBe(to);
		}, OBEYED);
		await ask("POST", "/test/cron", "");
	}
	const suggested = async () =>
		(await ask<SuggestResponse>("POST", "/v1/suggest", { query: "red" })).queries.filter(({ popular }) => popular);
	const lists = async () => (await DB.prepare("SELECT items FROM hot_lists WHERE name = 'queries'").all()).results;
	await admin("PUT", "/admin/catalogue", JSON.stringify({ id: "red-polish", title: "Red polish" }));
	await visit(1, CROWD_MIN_VISITORS - 1);
	expect([await lists(), await suggested()]).toEqual([[], []]);
	await visit(CROWD_MIN_VISITORS, CROWD_MIN_VISITORS);
	expect(await lists()).toEqual([{ items: '["red polish"]' }]);
	await vi.waitFor(async () => {
		await ask("POST", "/v1/recommendations", {});
		expect((await suggested()).map(({ query }) => query)).toEqual(["red polish"]);
	}, OBEYED);
});
