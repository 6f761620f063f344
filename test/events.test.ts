import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SessionKey, UNKNOWN_CONTEXT } from "../src/contract/context.ts";
import type { QueueMessage } from "../src/contract/event.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { createApp } from "../src/http/app.ts";
import type { Services } from "../src/http/services.ts";
import type { Recommender } from "../src/pipeline/ports.ts";
import { createMessageQueue } from "../src/store/feedback-queue.ts";
import { createInbox } from "../src/store/inbox.ts";
import { createLogReader } from "../src/store/log-reader.ts";
import { createReleasedFeatures } from "../src/store/released-features.ts";
import { seal } from "../src/store/sealed.ts";
import {
	batchOf,
	CONTEXT,
	consumerPorts,
	eventsOf,
	idOf,
	KEYS,
	lineOf,
	migrate,
	NOW,
	objectsUnder,
	PLAIN_INTAKE,
	reset,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const DEAD_BUCKET = { put: () => Promise.reject(new Error("made to fail")) } as unknown as R2Bucket;
const hexOf = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (text: string) => hexOf(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

type Setup = { queueDead?: boolean; bucket?: R2Bucket; consentDefault?: boolean };

/** The two routes over the real log and database, and a queue binding that keeps what it took. */
async function setUp({ queueDead = false, bucket = env.LOG, consentDefault = true }: Setup = {}) {
	const taken: QueueMessage[] = [];
	const sendBatch = async (requests: Iterable<MessageSendRequest>) => {
		if (queueDead) throw new Error("made to fail");
		taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
		return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
	};
	const services: Partial<Services> = {
		events: createEventIntake({
			queue: createMessageQueue({ sendBatch }),
			inbox: createInbox(bucket, KEYS),
			...PLAIN_INTAKE,
			orderKeyOf: sha256,
		}),
		log: createLogReader(env.DB, env.LOG, KEYS),
		access: null,
		tokens: [
			{ name: "reader", sha256: await sha256("reader-token"), scopes: ["read"] },
			{ name: "importer", sha256: await sha256("importer-token"), scopes: ["catalogue"] },
		],
		senderOf: async () => ({ context: CONTEXT, visitor: async () => null, origin: null }),
		witnessOf: async (_, session) => ({ session: (await sha256(session)) as SessionKey, visitor: null, context: CONTEXT }),
		features: createReleasedFeatures(env.DB),
		recommender: { prepare: () => {} } as Pick<Recommender, "prepare"> as Recommender,
		corsOrigins: ["*"],
		consentDefault,
		allow: async () => true,
		now: () => NOW,
	};
	const app = createApp(services as Services);
	const fetch = (path: string, init?: RequestInit) => app.request(`https://shop.example${path}`, init, env, createExecutionContext());
	return {
		taken,
		fetch,
		post: (body: unknown, headers: HeadersInit = {}) => fetch("/v1/events", { method: "POST", headers, body: JSON.stringify(body) }),
	};
}

const eventOf = (n: number, more: object = {}) => ({ id: idOf(n), type: "view", item: `item-${n}`, at: NOW - 5, ...more });
const frame = (...events: unknown[]) => ({ session: "planted-session-ada", events });

test.each(["application/json", "text/plain;charset=UTF-8"])("takes events as %s and answers 202", async (type) => {
	const { post, taken } = await setUp();
	const response = await post(frame(eventOf(1), { ...eventOf(2), ip: "203.0.113.7" }), { "content-type": type });
	expect(response.status).toBe(202);
	expect(await response.json()).toEqual({ accepted: 1, rejected: [{ index: 1, code: "unknown_field", path: "ip" }], withheld: 0 });
	expect(taken).toEqual([eventsOf(lineOf(1, { session: await sha256("planted-session-ada") }))]);
});

test.each([
	["under Global Privacy Control", frame(eventOf(1)), { "sec-gpc": "1" }, {}],
	["when consent is refused", { ...frame(eventOf(1)), consent: false }, {}, {}],
	["when consent is absent and the shop takes that for a no", frame(eventOf(1)), {}, { consentDefault: false }],
])("enqueues nothing %s, and the answer is still good", async (_, body, headers, setup) => {
	const { post, taken } = await setUp(setup);
	const response = await post(body, headers);
	expect([response.status, await response.json()]).toEqual([202, { accepted: 0, rejected: [], withheld: 1 }]);
	expect(taken).toEqual([]);
	expect(await objectsUnder("")).toEqual([]);
});

test("a consent that is given outweighs the shop's default", async () => {
	const { post, taken } = await setUp({ consentDefault: false });
	await post({ ...frame(eventOf(1)), consent: true });
	expect(taken).toHaveLength(1);
});

test.each([
	["no JSON", "{", 400, { code: "bad_json" }],
	["an unknown field of the frame", JSON.stringify({ ...frame(eventOf(1)), user: "ada" }), 400, { code: "unknown_field", path: "user" }],
	["no events", JSON.stringify(frame()), 400, { code: "invalid_field", path: "events" }],
	[
		"too many events",
		JSON.stringify(frame(...Array.from({ length: 101 }, (_, n) => eventOf(n)))),
		400,
		{ code: "invalid_field", path: "events" },
	],
	["no session", JSON.stringify({ events: [eventOf(1)] }), 400, { code: "invalid_field", path: "session" }],
	["too large a body", JSON.stringify({ ...frame(eventOf(1)), session: "x".repeat(140_000) }), 413, { code: "body_too_large" }],
])("refuses %s", async (_, body, status, error) => {
	const { fetch, taken } = await setUp();
	const response = await fetch("/v1/events", { method: "POST", body });
	expect(response.status).toBe(status);
	expect(await response.json()).toMatchObject({ error });
	expect(taken).toEqual([]);
});

test("503 with Retry-After only when queue and inbox are both dead", async () => {
	const inboxOnly = await setUp({ queueDead: true });
	expect((await inboxOnly.post(frame(eventOf(1)))).status).toBe(202);
	const queueOnly = await setUp({ bucket: DEAD_BUCKET });
	expect((await queueOnly.post(frame(eventOf(1)))).status).toBe(202);
	const neither = await setUp({ queueDead: true, bucket: DEAD_BUCKET });
	const response = await neither.post(frame(eventOf(1)));
	expect([response.status, response.headers.get("retry-after")]).toEqual([503, "30"]);
	expect(await response.json()).toMatchObject({ error: { code: "unavailable" } });
});

test("the log is for tokens that may read", async () => {
	const { fetch } = await setUp();
	const as = async (token?: string) =>
		(await fetch("/admin/events", token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status;
	expect([await as(), await as("guess"), await as("importer-token"), await as("reader-token")]).toEqual([401, 401, 403, 200]);
});

test("gives the log in pages, and names an object that cannot be read", async () => {
	const { fetch } = await setUp();
	const get = async (query: string) => {
		const response = await fetch(`/admin/events${query}`, { headers: { authorization: "Bearer reader-token" } });
		return [response.status, await response.json()];
	};
	await consumeFeedback(batchOf([eventsOf(lineOf(1))]), consumerPorts(), NOW);
	await consumeFeedback(batchOf([eventsOf(lineOf(1), lineOf(2))]), consumerPorts(), NOW);
	// Of the context nothing had a crowd.
	const told = (n: number) => lineOf(n, { context: UNKNOWN_CONTEXT });
	expect(await get("")).toEqual([200, { lines: [told(1), told(2)], cursor: null }]);
	expect(await get("?cursor=1")).toEqual([200, { lines: [told(2)], cursor: null }]);
	expect(await get("?cursor=x")).toMatchObject([400, { error: { code: "invalid_field", path: "cursor" } }]);
	expect(await get("?page=1")).toMatchObject([400, { error: { code: "unknown_field", path: "page" } }]);
	const keys = await objectsUnder("events/");
	for (const key of keys)
		await env.LOG.put(
			key,
			await seal(
				KEYS,
				key,
				[1, 2].map((n) => ({ ...lineOf(n), extra: "ada@mail.example" })),
			),
		);
	const [, { error }] = (await get("")) as [number, { error: { code: string; message: string } }];
	expect(error.code).toBe("log_unreadable");
	expect(keys.some((key) => error.message.startsWith(key))).toBe(true);
	expect(error.message).not.toContain("ada");
	await env.LOG.delete(keys);
	const [status, body] = await get("");
	expect([status, body]).toMatchObject([500, { error: { code: "log_unreadable" } }]);
	expect(keys.some((key) => (body as { error: { message: string } }).error.message.startsWith(key))).toBe(true);
});
