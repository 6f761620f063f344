import { expect, test } from "vitest";
import { ROUTES } from "../src/contract/routes.ts";
import { createApp } from "../src/http/app.ts";
import type { Services } from "../src/http/services.ts";

/** Services of which only the door is ever reached: every request here ends before the handler's own work. */
const app = createApp({
	tokens: [],
	access: null,
	senderOf: async () => ({ context: {}, visitor: async () => null, origin: null }),
	allow: async () => false,
	corsOrigins: ["https://shop.example"],
	now: () => 0,
} as unknown as Services);

/** OpenAPI's braces as hono's colons. */
const mounted = new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`));
const described = new Set(ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`));

test("every route that is described is mounted, and the other way round", () => {
	expect([...described].filter((route) => !mounted.has(route))).toEqual([]);
	expect([...mounted].filter((route) => !described.has(route))).toEqual([]);
});

const pathOf = (path: string) => `https://shop.example${path.replaceAll(/\{\w+\}/g, "x")}`;

test.each(ROUTES.filter(({ scopes }) => scopes !== undefined))(
	"$method $path wants a token, in the one envelope with a request id",
	async ({ method, path }) => {
		const response = await app.request(pathOf(path), { method: method.toUpperCase() });
		const { error } = await response.json<{ error: { code: string; requestId: string } }>();
		expect(response.status).toBe(401);
		expect(error.code).toBe("unauthorized");
		expect(response.headers.get("x-request-id")).toBe(error.requestId);
	},
);

test.each(ROUTES.filter(({ path, scopes }) => path.startsWith("/v1/") && scopes === undefined))(
	"$method $path tells a visitor who asks too often when to come back",
	async ({ method, path }) => {
		const response = await app.request(pathOf(path), { method: method.toUpperCase() });
		expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
	},
);

test("what is not there is told in the envelope too", async () => {
	const response = await app.request("https://shop.example/v2/nothing");
	expect([response.status, (await response.json<{ error: { code: string } }>()).error.code]).toEqual([404, "not_found"]);
});

test("only pages of the shop's origins may read answers, and a preflight tells them so", async () => {
	const from = async (origin: string, method: string) =>
		(
			await app.request("https://api.example/v1/events", { method, headers: { origin, "access-control-request-method": "POST" } })
		).headers.get("access-control-allow-origin");
	for (const method of ["POST", "OPTIONS"]) {
		expect(await from("https://shop.example", method)).toBe("https://shop.example");
		expect(await from("https://shop.example.evil.example", method)).toBeNull();
		expect(await from("null", method)).toBeNull();
	}
	const open = createApp({ tokens: [], access: null, corsOrigins: ["*"] } as unknown as Services);
	const preflight = await open.request("https://api.example/v1/events", { method: "OPTIONS", headers: { origin: "https://any.example" } });
	expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
	// The admin routes are for no page at all.
	const admin = await open.request("https://api.example/admin/status", { headers: { origin: "https://shop.example" } });
	expect(admin.headers.get("access-control-allow-origin")).toBeNull();
});

test.each(ROUTES)(
	"$method $path answers with the headers that keep a browser from making more of it than it is",
	async ({ method, path }) => {
		const { headers } = await app.request(pathOf(path), { method: method.toUpperCase() });
		expect(headers.get("x-content-type-options")).toBe("nosniff");
		expect(headers.get("x-frame-options")).toBe("DENY");
		expect(headers.get("referrer-policy")).toBe("no-referrer");
		expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
	},
);
