import { beforeAll, expect, test } from "vitest";
import { AUTHORIZED, openServing } from "./serving.ts";

const serving = openServing();
beforeAll(async () => {
	await serving.publish(await serving.tiny("20260101T000000Z"));
	await serving.restart();
	await serving.warm({ history: [{ item: "lip-1" }] });
});

type Refusal = { error: { code: string; path?: string; message: string; requestId: string } };
const ROUTES = [
	["/v1/recommendations", {}],
	["/admin/evaluate", AUTHORIZED],
] as const;

/** What both routes say to a body; they read the same request. */
async function refusalsOf(body: string | Uint8Array) {
	return Promise.all(
		ROUTES.map(async ([path, headers]) => {
			const response = await serving.send(path, body, headers);
			const { error } = (await response.json()) as Refusal;
			expect(response.headers.get("x-request-id")).toBe(error.requestId);
			expect(response.headers.get("cache-control")).toBe("no-store");
			return { status: response.status, code: error.code, path: error.path, message: error.message };
		}),
	);
}

const entries = (length: number) => Array.from({ length }, () => ({ item: "lip-1" }));
const tomorrow = Math.floor(Date.now() / 1000) + 86_400;

test.each<[string, unknown, string, string]>([
	["an unknown field", { colour: "red" }, "unknown_field", "colour"],
	["an unknown field of an entry", { history: [{ item: "lip-1", email: "jane@example.com" }] }, "unknown_field", "history.0.email"],
	["an unknown filter", { filter: { colour: ["red"] } }, "unknown_field", "filter.colour"],
	["an unknown bound of the price", { filter: { price: { lt: 5 } } }, "unknown_field", "filter.price.lt"],
	["a history that is no list", { history: "lip-1" }, "invalid_field", "history"],
	["a limit of 0", { limit: 0 }, "invalid_field", "limit"],
	["a limit of 101", { limit: 101 }, "invalid_field", "limit"],
	["half a limit", { limit: 1.5 }, "invalid_field", "limit"],
	["a history of 10,000", { history: entries(10_000) }, "invalid_field", "history"],
	["an entry with item and query", { history: [{ item: "lip-1", query: "red" }] }, "invalid_field", "history.0"],
	["an entry with neither", { history: [{ event: "view" }] }, "invalid_field", "history.0"],
	["an event that is none", { history: [{ item: "lip-1", event: "stare" }] }, "invalid_field", "history.0.event"],
	["a time in the future", { history: [{ item: "lip-1" }, { item: "lip-2", at: tomorrow }] }, "invalid_field", "history.1.at"],
	["control characters in an id", { history: [{ item: "lip\u0000-1" }] }, "invalid_field", "history.0.item"],
	["half a character in an id", { history: [{ item: "\ud800" }] }, "invalid_field", "history.0.item"],
	["an empty id", { exclude: [""] }, "invalid_field", "exclude.0"],
	["an id without end", { item: "x".repeat(129) }, "invalid_field", "item"],
	["a price that is none", { filter: { price: { lte: -1 } } }, "invalid_field", "filter.price.lte"],
	["nothing", null, "invalid_field", ""],
])("refuses %s, naming the field and never the value", async (_, body, code, path) => {
	for (const refusal of await refusalsOf(JSON.stringify(body))) {
		expect(refusal).toMatchObject({ status: 400, code, path });
		expect(refusal.message).not.toMatch(/jane@example|\p{Cc}|xxxx/u);
	}
});

test("refuses a list in place of a request", async () => {
	for (const refusal of await refusalsOf("[]")) expect(refusal).toMatchObject({ status: 400, code: "invalid_field" });
});

test("refuses what is no JSON in UTF-8, and bodies beyond the limit whatever their headers claim", async () => {
	for (const body of ["", "{", "undefined", new Uint8Array([0x7b, 0xff, 0x7d])]) {
		for (const refusal of await refusalsOf(body)) expect(refusal).toMatchObject({ status: 400, code: "bad_json" });
	}
	for (const refusal of await refusalsOf(" ".repeat(10 * 1024 * 1024)))
		expect(refusal).toMatchObject({ status: 413, code: "body_too_large" });
});

test.each([
	["?limit=0", "invalid_field", "limit"],
	["?limit=101", "invalid_field", "limit"],
	["?limit=ten", "invalid_field", "limit"],
	["?surface=No%20Such", "invalid_field", "surface"],
	["?item=%00", "invalid_field", "item"],
	["?history=lip-1", "unknown_field", "history"],
])("the public form refuses %s", async (query, code, path) => {
	const response = await serving.server.fetch(`/v1/recommendations${query}`);
	expect(response.status).toBe(400);
	expect(((await response.json()) as Refusal).error).toMatchObject({ code, path });
});

test("takes text/plain, a longest history and a clock that is a little ahead", async () => {
	const at = Math.floor(Date.now() / 1000) + 200;
	const request = { history: [...entries(511), { item: "lip-2", at }], limit: 100 };
	for (const type of ["text/plain;charset=UTF-8", "application/json"]) {
		const response = await serving.send("/v1/recommendations", JSON.stringify(request), { "content-type": type });
		expect(response.status).toBe(200);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(await response.json()).toMatchObject({ source: "personal", ignored: 0, items: { length: 10 } });
	}
});

test("the public form is cacheable, says nothing of a visitor, and follows item and category", async () => {
	const ask = async (query: string, headers: Record<string, string> = {}) => {
		const response = await serving.server.fetch(`/v1/recommendations${query}`, { headers });
		expect(response.headers.get("cache-control")).toBe("public, max-age=10");
		return response.json();
	};
	const anyone = await ask("?limit=4&item=lip-1");
	expect(anyone).toMatchObject({ recommendationId: null, source: "personal", items: { length: 4 } });
	const phone = { "user-agent": "Mozilla/5.0 (iPhone) Mobile", "cf-connecting-ip": "192.0.2.9", referer: "https://www.google.com/" };
	expect(await ask("?limit=4&item=lip-1", phone)).toEqual(anyone);
	expect(await ask("?category=hair&limit=2")).toMatchObject({ source: "popular", items: [{ id: "hair-9" }, { id: "hair-10" }] });
	expect(await ask(`?item=${encodeURIComponent("口红-3")}&limit=2`)).toMatchObject({ source: "personal" });
});

test("an evaluation needs a token with the scope to read", async () => {
	expect((await serving.send("/admin/evaluate", "{}")).status).toBe(401);
	expect((await serving.send("/admin/evaluate", "{}", { authorization: "Bearer wrong" })).status).toBe(401);
});
