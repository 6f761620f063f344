import { describe, expect, test } from "vitest";
import { createEdgeshelf } from "./edgeshelf.ts";
import { fakeBrowser } from "./fake-browser.ts";

const view = (item: string) => ({ type: "view", item }) as const;
const itemsOf = (browser: ReturnType<typeof fakeBrowser>) => browser.events().map(({ item }) => item);

describe("events", () => {
	test("gather for a second and go in one request, each with 128 random bits of id and one session", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		for (const item of ["a", "b"]) client.track(view(item));
		await browser.pass(999);
		expect(browser.received).toEqual([]);
		await browser.pass(1);
		expect(browser.received).toHaveLength(1);
		const { address, body } = browser.received[0] as (typeof browser.received)[number];
		expect(address).toBe("/v1/events");
		expect(body).toMatchObject({ consent: true, session: expect.stringMatching(/^[0-9a-f]{32}$/) });
		expect(browser.events()).toEqual([
			{ id: expect.stringMatching(/^[0-9a-f]{32}$/), at: 1_700_000_000, type: "view", item: "a" },
			{ id: expect.stringMatching(/^[0-9a-f]{32}$/), at: 1_700_000_000, type: "view", item: "b" },
		]);
		expect(new Set(browser.events().map(({ id }) => id)).size).toBe(2);
	});

	test("that come without a pause are not held back by one another", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		for (let n = 0; n < 4; n++) {
			client.track(view(`item-${n}`));
			await browser.pass(400);
		}
		expect(browser.received).toHaveLength(1);
	});

	test("made offline arrive once the network is back, each once and in order", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		browser.isOffline = true;
		for (const item of ["a", "b", "c"]) client.track(view(item));
		await browser.pass(60_000);
		expect(browser.received).toEqual([]);
		browser.comeOnline();
		await browser.pass(0);
		expect(itemsOf(browser)).toEqual(["a", "b", "c"]);
		await browser.pass(3_600_000);
		expect(browser.received).toHaveLength(1);
	});

	test("that a busy server refuses are asked again with the same ids, not before it said and ever more seldom", async () => {
		const browser = fakeBrowser();
		browser.answer = () => new Response(null, { status: 503, headers: { "retry-after": "10" } });
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		client.track(view("a"));
		await browser.pass(1000 + 9999);
		expect(browser.received).toHaveLength(1);
		await browser.pass(3_600_000);
		const tries = browser.received.length;
		expect(tries).toBeGreaterThan(5);
		// Three hundred seconds apart at most, half of it at least.
		expect(tries).toBeLessThan(3600 / 150 + 10);
		browser.answer = () => Response.json({}, { status: 202 });
		await browser.pass(600_000);
		expect(new Set(browser.events().map(({ id }) => id)).size).toBe(1);
		const after = browser.received.length;
		await browser.pass(3_600_000);
		expect(browser.received).toHaveLength(after);
	});

	test("that the server calls bad are given up, not sent for ever", async () => {
		const browser = fakeBrowser();
		browser.answer = () => new Response(null, { status: 400 });
		createEdgeshelf({ consent: true, surroundings: browser.surroundings }).track(view("a"));
		await browser.pass(3_600_000);
		expect(browser.received).toHaveLength(1);
	});

	test("are handed to a beacon when the page is left, once", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		client.track(view("a"));
		browser.leave();
		browser.leave();
		expect(browser.received.map(({ by }) => by)).toEqual(["beacon"]);
		expect(itemsOf(browser)).toEqual(["a"]);
	});

	test("carry the shop's pseudonym where it names one, and each its own", async () => {
		const browser = fakeBrowser();
		const { surroundings } = browser;
		createEdgeshelf({ consent: true, pseudonym: "customer-7", remember: "tab", surroundings }).track(view("a"));
		await browser.pass(1000);
		expect(browser.received[0]?.body).toMatchObject({ pseudonym: "customer-7" });
		const without = createEdgeshelf({ consent: true, surroundings });
		without.track(view("b"));
		await browser.pass(1000);
		expect(browser.received[1]?.body).not.toHaveProperty("pseudonym");
	});

	test("of a page that was closed offline are sent by the next, with the same ids and sessions", async () => {
		const browser = fakeBrowser();
		const first = createEdgeshelf({ consent: true, remember: "device", surroundings: browser.surroundings });
		browser.isOffline = true;
		first.track(view("a"));
		browser.leave();
		const kept = [...browser.storage.values].find(([key]) => key.startsWith("edgeshelf.outbox."))?.[1] as string;
		const [{ session, event }] = JSON.parse(kept);

		const later = fakeBrowser(browser.storage);
		later.nowMs = browser.nowMs + 3_600_000;
		const second = createEdgeshelf({ remember: "device", surroundings: later.surroundings });
		second.track(view("b"));
		await later.pass(5000);
		expect(itemsOf(later)).toEqual(["a", "b"]);
		expect(later.received[0]?.body).toMatchObject({ session, events: [{ id: event.id }] });
		expect(later.received[1]?.body?.session).not.toBe(session);
		expect([...later.storage.values.keys()].filter((key) => key.includes("outbox"))).toEqual([]);
	});

	test("of more than one batch go in batches of fifty", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		for (let n = 0; n < 120; n++) client.track(view(`item-${n}`));
		await browser.pass(2000);
		const sizes = browser.received.map(({ body }) => [body?.events].flat().length);
		expect(sizes).toEqual([50, 50, 20]);
	});

	test("carry what shelf they are owed to, when their product was opened from one", async () => {
		const browser = fakeBrowser();
		const client = createEdgeshelf({ consent: true, surroundings: browser.surroundings });
		client.track({ type: "click", item: "a", surface: "home", recommendationId: "r-1", position: 3 });
		client.track({ type: "cart", item: "a", surface: "product" });
		client.track({ type: "cart", item: "b", surface: "product" });
		await browser.pass(1000);
		expect(browser.events().slice(1)).toMatchObject([
			{ type: "cart", item: "a", surface: "product", recommendationId: "r-1", position: 3 },
			{ type: "cart", item: "b" },
		]);
		expect(browser.events()[2]).not.toHaveProperty("recommendationId");
	});
});
