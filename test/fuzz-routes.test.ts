import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorker } from "../src/compose.ts";
import { ERROR_CODES, SCOPES } from "../src/contract/errors.ts";
import { ROUTES } from "../src/contract/routes.ts";
import { migrate, sha256 } from "./admin-fixtures.ts";
import { reset } from "./feedback-fixtures.ts";
import { fuzzedRequests } from "./fixtures/fuzzed-requests.ts";
import { meanEncoder } from "./fixtures/mean-encoder.ts";
import { TINY_ITEMS, tinyRelease } from "./fixtures/tiny-release.ts";
import { SETTINGS } from "./settings.ts";

beforeEach(migrate);
afterEach(reset);

/** A sample of what bench/fuzz-http.ts sends, the same at each run. */
const [SEED, CASES] = [815, 1500];
const IDS = [...TINY_ITEMS.map(({ id }) => id), "20260101T000000Z-0123456789"];

test("whatever is sent to a route of the document, the answer is its own or an error in the envelope, never a fault", async () => {
	const named = [...SCOPES.map((scope) => ({ name: scope, scopes: [scope] })), { name: "all", scopes: SCOPES }];
	const tokens = await Promise.all(named.map(async (token) => ({ ...token, sha256: await sha256(`secret-${token.name}`) })));
	const bindings = {
		...env,
		...SETTINGS,
		ADMIN_TOKENS: JSON.stringify(tokens),
		FEEDBACK: { sendBatch: async () => {} },
		RATE_LIMIT: { limit: async () => ({ success: true }) },
	} as unknown as Env;
	const worker = createWorker(async () => meanEncoder());
	const fetch = async (request: Request) => {
		const context = createExecutionContext();
		const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], bindings, context);
		await waitOnExecutionContext(context);
		return answer;
	};
	const admin = (method: string, path: string, body: BodyInit) =>
		fetch(new Request(`https://shop.example/admin/releases${path}`, { method, body, headers: { authorization: "Bearer secret-all" } }));
	const { manifest, files } = await tinyRelease(new TextEncoder().encode("no model"));
	for (const [name, content] of Object.entries({ ...files, "manifest.json": JSON.stringify(manifest) }))
		await admin("PUT", `/${manifest.id}/${name}`, content);
	expect((await admin("POST", `/${manifest.id}/activate`, '{"by":"operator"}')).status).toBe(200);
	// An isolate loads beside its first answers.
	const source = async () => (await (await fetch(new Request("https://shop.example/v1/popular"))).json<{ source: string }>()).source;
	await expect.poll(source, { timeout: 5000 }).not.toBe("static");
	const seen = new Set<string>();
	for (const { route, method, path, body, type, token } of fc.sample(fuzzedRequests(IDS), { seed: SEED, numRuns: CASES })) {
		const request = new Request(`https://shop.example${path}`, {
			method,
			headers: { ...(type !== null && { "content-type": type }), ...(token !== null && { authorization: `Bearer secret-${token}` }) },
			...(body !== null && method !== "GET" && method !== "HEAD" && { body }),
		});
		const answer = await fetch(request);
		const text = await answer.text();
		const told = `${method} ${path} ${body === null ? "" : new TextDecoder().decode(body)}: ${answer.status} ${text}`.slice(0, 2000);
		expect(answer.status, told).toBeLessThan(500);
		if (answer.status >= 400 && method !== "HEAD") expect(ERROR_CODES, told).toContain(JSON.parse(text).error.code);
		seen.add(route);
	}
	expect([...ROUTES].map(({ method, path }) => `${method.toUpperCase()} ${path}`).filter((route) => !seen.has(route))).toEqual([]);
});
