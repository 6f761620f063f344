import { describe, expect, test } from "vitest";
import { createEdgeshelf } from "./edgeshelf.ts";
import { fakeBrowser, fakeStorage } from "./fake-browser.ts";

const LIST = { recommendationId: "r", release: "x", source: "personal", items: [] };

function setUp(options: Parameters<typeof createEdgeshelf>[0] = {}, storage = fakeStorage()) {
	const browser = fakeBrowser(storage);
	browser.answer = (address) => (address.endsWith("/v1/events") ? Response.json({}, { status: 202 }) : Response.json(LIST));
	return { browser, client: createEdgeshelf({ remember: "device", surroundings: browser.surroundings, ...options }) };
}

async function shop({ browser, client }: ReturnType<typeof setUp>) {
	client.track({ type: "view", item: "a" });
	client.track({ type: "search", query: "red shoes" });
	await client.shelf({ surface: "home" });
	browser.leave();
	await browser.pass(10_000);
}

describe("what leaves the browser, and what stays in it", () => {
	test("not asked yet: the history goes along with the question; no event is sent and nothing is stored", async () => {
		const visit = setUp();
		await shop(visit);
		expect(visit.browser.received.map(({ address }) => address)).toEqual(["/v1/recommendations"]);
		expect(visit.browser.received[0]?.body?.history).toMatchObject([
			{ item: "a", event: "view" },
			{ query: "red shoes", event: "search" },
		]);
		expect(visit.browser.storage.values.size).toBe(0);
	});

	test.each([
		["no", { consent: false }, false],
		["Global Privacy Control, whatever was said", { consent: true }, true],
	] as const)("%s: neither; shelves are asked for as anyone would", async (_, options, asksForPrivacy) => {
		const browser = fakeBrowser();
		browser.asksForPrivacy = asksForPrivacy;
		browser.answer = () => Response.json(LIST);
		const client = createEdgeshelf({ remember: "device", surroundings: browser.surroundings, ...options });
		await shop({ browser, client });
		expect(browser.received).toEqual([{ address: "/v1/recommendations?surface=home", body: null, by: "fetch" }]);
		expect(browser.storage.values.size).toBe(0);
	});

	test("yes: both, and the next page knows it", async () => {
		const first = setUp({ consent: true });
		await shop(first);
		expect(first.browser.events().map(({ type }) => type)).toEqual(expect.arrayContaining(["view", "search"]));
		const second = setUp({}, first.browser.storage);
		expect(second.client.consent()).toBe(true);
		expect(second.client.history()).toMatchObject([{ item: "a" }, { query: "red shoes" }]);
	});

	test("taken back: what waits is given up, storage is emptied, the history stays for this page alone", async () => {
		const { browser, client } = setUp({ consent: true });
		client.track({ type: "view", item: "a" });
		expect(browser.storage.values.size).toBeGreaterThan(0);
		client.setConsent(false);
		client.track({ type: "view", item: "b" });
		browser.leave();
		await browser.pass(60_000);
		expect(browser.received).toEqual([]);
		expect(browser.storage.values.size).toBe(0);
		expect(client.history()).toMatchObject([{ item: "a" }, { item: "b" }]);
	});

	test("storage that is forbidden or full is no fault: the visit is remembered as long as the page", async () => {
		const browser = fakeBrowser();
		const storage = () => {
			throw new DOMException("denied", "SecurityError");
		};
		const client = createEdgeshelf({ consent: true, remember: "device", surroundings: { ...browser.surroundings, storage } });
		client.track({ type: "view", item: "a" });
		await browser.pass(1000);
		expect(client.history()).toMatchObject([{ item: "a" }]);
		expect(browser.events()).toHaveLength(1);
	});

	test("nothing is stored without being asked to remember, consent or not", async () => {
		const browser = fakeBrowser();
		createEdgeshelf({ consent: true, surroundings: browser.surroundings }).track({ type: "view", item: "a" });
		await browser.pass(1000);
		expect(browser.storage.values.size).toBe(0);
	});

	test("a session lasts while there is something every half hour, and no longer", async () => {
		const { browser, client } = setUp({ consent: true });
		const sessions = async (waitMs: number) => {
			await browser.pass(waitMs);
			client.track({ type: "view", item: `item-${waitMs}` });
			await browser.pass(1000);
			return browser.received.at(-1)?.body?.session;
		};
		const first = await sessions(0);
		expect(await sessions(29 * 60_000)).toBe(first);
		expect(await sessions(30 * 60_000)).not.toBe(first);
	});
});
