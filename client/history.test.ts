import { describe, expect, test } from "vitest";
import { createEdgeshelf } from "./edgeshelf.ts";
import { fakeBrowser, fakeStorage } from "./fake-browser.ts";

const started = (options: Parameters<typeof createEdgeshelf>[0] = {}) =>
	createEdgeshelf({ surroundings: fakeBrowser().surroundings, ...options });
const told = (client: ReturnType<typeof started>) => client.history().map(({ item, query, event }) => `${event} ${item ?? query}`);

describe("the history", () => {
	test("holds wishes and dismissals, oldest first, and no impressions or clicks", () => {
		const client = started();
		for (const type of ["impression", "click", "view", "cart", "purchase"] as const) client.track({ type, item: "a" });
		client.track({ type: "search", query: "tea" });
		client.track({ type: "dismiss", item: "b" });
		expect(told(client)).toEqual(["view a", "cart a", "purchase a", "search tea", "dismiss b"]);
	});

	test("is bounded: the oldest wish goes first, and dismissals stay up to half of it", () => {
		const client = started({ historyMax: 4 });
		client.track({ type: "dismiss", item: "never" });
		for (const item of ["a", "b", "c", "d", "e"]) client.track({ type: "view", item });
		expect(told(client)).toEqual(["dismiss never", "view c", "view d", "view e"]);
		for (const item of ["x", "y", "z"]) client.track({ type: "dismiss", item });
		expect(told(client)).toEqual(["view d", "view e", "dismiss y", "dismiss z"]);
	});

	test("takes a page that is loaded again for one wish", () => {
		const client = started();
		for (const item of ["a", "a", "b", "a"]) client.track({ type: "view", item });
		expect(told(client)).toEqual(["view a", "view b", "view a"]);
	});

	test("loses what is taken out of the cart, and a dismissal that is taken back", () => {
		const client = started();
		client.track({ type: "view", item: "a" });
		client.track({ type: "cart", item: "a" });
		client.track({ type: "uncart", item: "a" });
		client.track({ type: "dismiss", item: "b" });
		expect(client.dismissed()).toEqual(["b"]);
		client.undismiss("b");
		expect(told(client)).toEqual(["view a"]);
	});

	test("is empty once the shopper says forget, in storage too", () => {
		const storage = fakeStorage();
		const client = started({ consent: true, remember: "tab", surroundings: fakeBrowser(storage).surroundings });
		client.track({ type: "view", item: "a" });
		client.forget();
		expect(client.history()).toEqual([]);
		expect([...storage.values.keys()]).toEqual(["edgeshelf.consent"]);
	});

	test.each(["{", '"text"', "[null, 3, {}]", '[{"item":7,"event":"view"}]'])(
		"reads what another program left there as none: %s",
		(text) => {
			const storage = fakeStorage(
				new Map([
					["edgeshelf.consent", "true"],
					["edgeshelf.history", text],
					["edgeshelf.outbox.1", text],
				]),
			);
			expect(started({ remember: "device", surroundings: fakeBrowser(storage).surroundings }).history()).toEqual([]);
		},
	);
});
