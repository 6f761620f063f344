import { expect, test } from "vitest";
import { SCOPES, type Scope } from "../src/contract/errors.ts";
import { ROUTES, type RouteDescription } from "../src/contract/routes.ts";
import type { AccessCheck } from "../src/http/access.ts";
import { createApp } from "../src/http/app.ts";
import type { StoredToken } from "../src/http/auth.ts";
import type { Services } from "../src/http/services.ts";
import { importSigningKey, signRecommendationId } from "../src/privacy/recommendation-id.ts";
import { createWebhook } from "../src/retrain/webhook.ts";
import { NOW, sha256 } from "./admin-fixtures.ts";

const tokens: readonly StoredToken[] = await Promise.all(
	SCOPES.map(async (scope) => ({ name: scope, scopes: [scope], sha256: await sha256(`secret-${scope}`) })),
);

/** What a handler finds of any service: it has to be let in to ask, and is let down then. */
const nothing = new Proxy(
	{},
	{
		get() {
			throw new Error("let in");
		},
	},
);

function door(access: AccessCheck | null) {
	const services = { tokens, access, corsOrigins: ["*"], now: () => NOW };
	const rest = new Proxy(services, { get: (own, name) => Reflect.get(own, name) ?? (name in own ? null : nothing) });
	const app = createApp(rest as unknown as Services);
	return async ({ method, path }: RouteDescription, headers: Record<string, string>, body?: string) => {
		const sent = method === "get" ? {} : { body: body ?? "{}" };
		const url = `https://shop.example${path.replaceAll(/\{\w+\}/g, "x")}`;
		const answer = await app.request(url, { method: method.toUpperCase(), headers, ...sent });
		return answer.status < 400 ? "let in" : (await answer.json<{ error: { code: string } }>()).error.code;
	};
}

/** Those under /admin, and the one of /v1 that is an operator's. */
const ERASE = "/v1/visitors/{key}";
const admin = ROUTES.filter(({ path }) => path.startsWith("/admin/") || path === ERASE);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const plain = door(null);

test("every route under /admin, and that which erases, names the scopes that open it, and no other does", () => {
	expect(admin.filter(({ scopes = [] }) => scopes.length === 0)).toEqual([]);
	expect(ROUTES.filter((route) => route.scopes !== undefined && !admin.includes(route))).toEqual([]);
	expect(admin.map(({ path }) => path)).toContain(ERASE);
});

test.each(admin)("$method $path refuses no token, a wrong one, and one that is another's kind of secret", async (route) => {
	const key = await importSigningKey(new Uint8Array(32));
	const recommendation = await signRecommendationId(key, { release: "r", policy: "p", surface: "home", seed: 1, at: NOW } as never);
	const hash = await sha256("secret-read");
	const wrong = ["", "secret", "secret-read2", "SECRET-READ", hash, recommendation, "x".repeat(5000), "null", "*"];
	expect(await plain(route, {})).toBe("unauthorized");
	for (const token of wrong) expect(await plain(route, bearer(token))).toBe("unauthorized");
	for (const scheme of ["Basic", "Digest", "Token", ""])
		expect(await plain(route, { authorization: `${scheme} secret-read`.trim() })).toBe("unauthorized");
	expect(await plain(route, { cookie: "authorization=Bearer secret-read", "x-authorization": "Bearer secret-read" })).toBe("unauthorized");
});

test.each(admin)("$method $path refuses a token of each scope that it does not name, and lets in each that it does", async (route) => {
	const named: readonly Scope[] = route.scopes ?? [];
	for (const scope of SCOPES) {
		const found = await plain(route, bearer(`secret-${scope}`));
		if (named.includes(scope)) expect(["unauthorized", "forbidden"]).not.toContain(found);
		else expect(found).toBe("forbidden");
	}
});

test.each(admin)("$method $path is not opened by a signed call that this Worker once sent", async (route) => {
	const calls: Request[] = [];
	const send = async (request: Request) => {
		calls.push(request);
		return new Response();
	};
	await createWebhook({ url: "https://box.example/start", key: new Uint8Array(32), send })(
		{ id: "run-1", reason: "events", openedAt: NOW } as never,
		NOW,
	);
	const [call] = calls as [Request];
	expect(await plain(route, Object.fromEntries(call.headers), await call.text())).toBe("unauthorized");
});

test.each(admin)("$method $path, behind Access, wants its word beside the token", async (route) => {
	const seen: (string | null)[] = [];
	const locked = door(async (assertion) => {
		seen.push(assertion);
		return assertion === "good" ? "open" : assertion === "early" ? "unavailable" : "refused";
	});
	const token = bearer(`secret-${route.scopes?.[0]}`);
	expect(await locked(route, token)).toBe("unauthorized");
	expect(await locked(route, { ...token, "cf-access-jwt-assertion": "spent" })).toBe("unauthorized");
	expect(await locked(route, { ...token, "cf-access-jwt-assertion": "early" })).toBe("unavailable");
	expect(await locked(route, { "cf-access-jwt-assertion": "good" })).toBe("unauthorized");
	expect(["unauthorized", "forbidden"]).not.toContain(await locked(route, { ...token, "cf-access-jwt-assertion": "good" }));
	expect(seen).toEqual([null, "spent", "early", "good", "good"]);
});
