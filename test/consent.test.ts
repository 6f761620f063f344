import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorker } from "../src/compose.ts";
import { SCOPES } from "../src/contract/errors.ts";
import type { QueueMessage } from "../src/contract/event.ts";
import document from "../src/http/openapi.generated.json";
import { migrate, sha256 } from "./admin-fixtures.ts";
import { objectsUnder, reset, rows } from "./feedback-fixtures.ts";
import { meanEncoder } from "./fixtures/mean-encoder.ts";
import { LEAVE_OUT, type Schema, sampleOf } from "./fixtures/sample-request.ts";
import { TINY_ITEMS, tinyRelease } from "./fixtures/tiny-release.ts";
import { SETTINGS } from "./settings.ts";

type Operation = {
	parameters: { name: string; in: string; required: boolean; schema: Schema }[];
	requestBody?: { content: Record<string, { schema?: Schema }> };
	security?: unknown;
};

/** Every route that visitors use, from the document itself: a new one is tested as soon as it is described. */
const PUBLIC = Object.entries(document.paths as unknown as Record<string, Record<string, Operation>>)
	.filter(([path]) => path.startsWith("/v1/"))
	.flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
	.filter(({ operation }) => operation.security === undefined);

/** What is asked about: products that the release knows, a history, and no filter that would leave out everything. */
function valueAt(path: readonly string[], schema: Schema, required: boolean): unknown {
	const name = path.findLast((part) => !/^\d+$/.test(part)) ?? "";
	if (name === "events") return [{ id: "0123456789abcdef", type: "view", item: "lip-1", at: Math.floor(Date.now() / 1000) }];
	if (name === "at") return Math.floor(Date.now() / 1000);
	if (name === "limit") return schema.type === "string" ? "5" : 5;
	if (!required && !["history", "item"].includes(name)) return LEAVE_OUT;
	if (schema.type !== "string" || schema.enum !== undefined) return undefined;
	return name === "query" || name === "q" ? "red polish" : "lip-1";
}

function requestOf({ method, path, operation }: (typeof PUBLIC)[number], headers: Record<string, string>): Request {
	const url = new URL(`https://shop.example${path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === "shelf" ? "similar" : "lip-1"))}`);
	for (const { name, in: place, schema, required } of operation.parameters) {
		const value = place === "query" ? valueAt([name], schema, required) : LEAVE_OUT;
		if (value !== LEAVE_OUT && value !== undefined) url.searchParams.set(name, String(value));
	}
	const schema = operation.requestBody?.content["application/json"]?.schema;
	const body = schema === undefined ? {} : { body: JSON.stringify(sampleOf(schema, valueAt)) };
	return new Request(url, {
		method,
		headers: { "cf-connecting-ip": "192.0.2.7", "user-agent": "Mozilla/5.0 (iPhone) Mobile", ...headers },
		...body,
	});
}

/** The Worker with a release and a queue that keeps what it was sent. */
async function setUp(consentDefault: "granted" | "denied", explore = "") {
	const sent: QueueMessage[] = [];
	const sendBatch = async (messages: Iterable<MessageSendRequest>) => {
		sent.push(...Array.from(messages, ({ body }) => body as QueueMessage));
	};
	const bindings = {
		...env,
		...SETTINGS,
		CONSENT_DEFAULT: consentDefault,
		EXPLORE: explore,
		ADMIN_TOKENS: JSON.stringify([{ name: "test", sha256: await sha256("token"), scopes: SCOPES }]),
		FEEDBACK: { sendBatch },
	} as unknown as Env;
	const worker = createWorker(async () => meanEncoder());
	const fetch = async (request: Request) => {
		const context = createExecutionContext();
		const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], bindings, context);
		await waitOnExecutionContext(context);
		return response;
	};
	const admin = (method: string, path: string, body: BodyInit) =>
		fetch(new Request(`https://shop.example${path}`, { method, body, headers: { authorization: "Bearer token" } }));
	await admin("PUT", "/admin/catalogue", TINY_ITEMS.map(({ id, category }) => JSON.stringify({ id, title: id, category })).join("\n"));
	const { manifest, files } = await tinyRelease(new TextEncoder().encode("no model"));
	for (const [name, content] of Object.entries({ ...files, "manifest.json": JSON.stringify(manifest) }))
		expect((await admin("PUT", `/admin/releases/${manifest.id}/${name}`, content)).status).toBe(200);
	expect((await admin("POST", `/admin/releases/${manifest.id}/activate`, '{"by":"operator"}')).status).toBe(200);
	// A cold isolate loads beside its first answers; this one may not be counted either.
	const warming = () =>
		fetch(new Request("https://shop.example/v1/recommendations", { method: "POST", body: "{}", headers: { "sec-gpc": "1" } }));
	await expect.poll(async () => (await (await warming()).json<{ source: string }>()).source, { timeout: 5000 }).not.toBe("static");
	return { fetch, sent };
}

/** All that is stored, as text: tables, bucket and, of KV, all but the salts that any request may make. */
async function stored(): Promise<string> {
	const tables = await rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
	const parts: string[] = [];
	for (const { name } of tables) parts.push(JSON.stringify(await rows(`SELECT * FROM "${name}"`)));
	const keys = (await env.RELEASES.list()).keys.map(({ name }) => name).filter((name) => !name.startsWith("salt/"));
	return [...parts, ...keys, ...(await objectsUnder(""))].join("\n");
}

beforeEach(migrate);
afterEach(reset);

/** The answer without what differs between any two: the signed ids. */
async function answerTo(fetch: (request: Request) => Promise<Response>, request: Request): Promise<unknown> {
	const response = await fetch(request);
	const body = JSON.parse(await response.text(), (name, value) => (name === "recommendationId" ? typeof value : value));
	return { status: response.status, body };
}

test.each([
	["under Global Privacy Control", "granted", { "sec-gpc": "1" }],
	["without consent", "denied", {}],
] as const)("%s nothing is enqueued or counted on any route, and the answer is that of others", async (_, consentDefault, headers) => {
	const { fetch, sent } = await setUp(consentDefault);
	const before = await stored();
	for (const route of PUBLIC) {
		const answer = await answerTo(fetch, requestOf(route, headers));
		expect(answer, `${route.method} ${route.path}`).toMatchObject({ status: route.path === "/v1/events" ? 202 : 200 });
		expect(sent, `${route.method} ${route.path}`).toEqual([]);
		if (route.path === "/v1/events") expect(answer).toMatchObject({ body: { accepted: 0, withheld: 1 } });
	}
	expect(await stored()).toBe(before);

	const open = await setUp("granted");
	for (const route of PUBLIC) {
		const other = await answerTo(open.fetch, requestOf(route, {}));
		if (route.path !== "/v1/events") expect(await answerTo(fetch, requestOf(route, headers)), route.path).toEqual(other);
	}
	// What is asserted above can be seen at all: others are enqueued, and counted with the next flush.
	expect(open.sent.map(({ kind }) => kind)).toContain("events");
	expect(open.sent.map(({ kind }) => kind)).toContain("metrics");
});

test("a shop that explores shows those whose events are not kept what a shop that does not explore shows", async () => {
	const plain = await setUp("granted");
	const exploring = await setUp("granted", "home:1");
	const silent = await setUp("denied", "home:1");
	const ask = async (fetch: (request: Request) => Promise<Response>, body: object, headers: Record<string, string> = {}) => {
		const request = new Request("https://shop.example/v1/recommendations", { method: "POST", body: JSON.stringify(body), headers });
		return JSON.stringify((await (await fetch(request)).json<{ items: unknown }>()).items);
	};
	const listOf = (fetch: (request: Request) => Promise<Response>) => (body: object, headers?: Record<string, string>) =>
		ask(fetch, { history: [{ item: "lip-1" }], limit: 5, ...body }, headers);
	const expected = await listOf(plain.fetch)({});
	for (let time = 0; time < 5; time++) {
		expect(await listOf(exploring.fetch)({}, { "sec-gpc": "1" })).toBe(expected);
		expect(await listOf(exploring.fetch)({ consent: true }, { "sec-gpc": "1" })).toBe(expected);
		expect(await listOf(exploring.fetch)({ consent: false })).toBe(expected);
		expect(await listOf(silent.fetch)({})).toBe(expected);
	}
	expect([...exploring.sent, ...silent.sent]).toEqual([]);
	// What is asserted above can be seen at all. That ten draws of five places all give one order happens once in 10^40 times.
	const shown = await Promise.all(Array.from({ length: 10 }, () => listOf(exploring.fetch)({})));
	expect(new Set([...shown, expected]).size).toBeGreaterThan(1);
	expect(exploring.sent.map(({ kind }) => kind)).toContain("metrics");
	const said = await Promise.all(Array.from({ length: 10 }, () => listOf(silent.fetch)({ consent: true })));
	expect(new Set([...said, expected]).size).toBeGreaterThan(1);
	// A list that all are given is nobody's.
	const publicListOf = async (fetch: (request: Request) => Promise<Response>) =>
		(await (await fetch(new Request("https://shop.example/v1/recommendations?limit=5"))).json<{ items: unknown }>()).items;
	expect(await publicListOf(exploring.fetch)).toEqual(await publicListOf(plain.fetch));
});
