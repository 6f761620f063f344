import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SessionKey } from "../src/contract/context.ts";
import type { LogLine, QueueMessage } from "../src/contract/event.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { drainInbox } from "../src/feedback/drain.ts";
import { createErasure } from "../src/feedback/erasure.ts";
import { createApp } from "../src/http/app.ts";
import type { Services } from "../src/http/services.ts";
import type { Recommender } from "../src/pipeline/ports.ts";
import { dataKeyNameFor } from "../src/privacy/pseudonym.ts";
import { createMessageQueue } from "../src/store/feedback-queue.ts";
import { createInbox, createUndelivered } from "../src/store/inbox.ts";
import { rewrapObjects } from "../src/store/key-rotation.ts";
import { createLineVault } from "../src/store/line-vault.ts";
import { createLogReader } from "../src/store/log-reader.ts";
import { createReleasedFeatures } from "../src/store/released-features.ts";
import { expire } from "../src/store/retention.ts";
import { type LogKeys, unseal } from "../src/store/sealed.ts";
import { sha256 } from "./admin-fixtures.ts";
import {
	batchOf,
	CONTEXT,
	consumerPorts,
	DAY,
	eventsOf,
	idOf,
	KEYS,
	keyOf,
	lineOf,
	migrate,
	NOW,
	objectsUnder,
	PLAIN_INTAKE,
	readLog,
	reset,
	rows,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const SECRET = keyOf(5);
const RETENTION_DAYS = 30;

type Setup = { bucket?: R2Bucket; keyed?: boolean; queueDead?: boolean };

/** The routes over real stores, and a queue binding that keeps what it took. */
async function setUp({ bucket = env.LOG, keyed = true, queueDead = false }: Setup = {}) {
	const taken: QueueMessage[] = [];
	let time = NOW;
	const sendBatch = async (requests: Iterable<MessageSendRequest>) => {
		if (queueDead) throw new Error("made to fail");
		taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
		return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
	};
	const vault = createLineVault(bucket, KEYS);
	const services: Partial<Services> = {
		events: createEventIntake({
			...PLAIN_INTAKE,
			queue: createMessageQueue({ sendBatch }),
			inbox: createInbox(env.LOG, KEYS),
			vault,
			orderKeyOf: sha256,
		}),
		erasure: keyed ? createErasure(SECRET, vault, RETENTION_DAYS) : null,
		log: createLogReader(env.DB, env.LOG, KEYS),
		access: null,
		tokens: [
			{ name: "eraser", sha256: await sha256("eraser-token"), scopes: ["erase"] },
			{ name: "reader", sha256: await sha256("reader-token"), scopes: ["read"] },
		],
		senderOf: async () => ({ context: CONTEXT, visitor: async () => null, origin: null }),
		witnessOf: async () => ({ session: "5e55" as SessionKey, visitor: null, context: CONTEXT }),
		features: createReleasedFeatures(env.DB),
		recommender: { prepare: () => {} } as Pick<Recommender, "prepare"> as Recommender,
		corsOrigins: ["*"],
		consentDefault: true,
		allow: async () => true,
		now: () => time,
	};
	const app = createApp(services as Services);
	const fetch = (path: string, init?: RequestInit) => app.request(`https://shop.example${path}`, init, env, createExecutionContext());
	return {
		taken,
		fetch,
		setTime: (now: number) => {
			time = now;
		},
		post: (n: number, pseudonym?: string) => {
			const events = [{ id: idOf(n), type: "view", item: `item-${n}`, at: time - 5 }];
			return fetch("/v1/events", { method: "POST", body: JSON.stringify({ session: "s", events, ...(pseudonym && { pseudonym }) }) });
		},
		erase: (pseudonym: string, token = "eraser-token") =>
			fetch(`/v1/visitors/${encodeURIComponent(pseudonym)}`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } }),
		/** Hands the consumer what the queue holds. */
		consume: () => consumeFeedback(batchOf(taken.splice(0)), consumerPorts(), time),
	};
}

const loggedIds = async () => (await readLog()).map(({ id }) => id);

/** All that the bucket holds, each object opened under the log's key where it can be. */
async function bucketInClear(): Promise<string> {
	const parts: string[] = [];
	for (const key of await objectsUnder("")) {
		const bytes = new Uint8Array(await (await env.LOG.get(key))!.arrayBuffer());
		const opened = await unseal(KEYS, key, bytes);
		parts.push(key, opened.ok ? JSON.stringify(opened.value) : "");
	}
	return parts.join("\n");
}

test("events of a pseudonym are counted and read like others, and lie nowhere in clear, nor does the pseudonym", async () => {
	const { post, consume, taken } = await setUp();
	expect((await post(1, "ada@shop")).status).toBe(202);
	expect((await post(2)).status).toBe(202);
	const sent = JSON.stringify(taken);
	expect(sent).toContain("item-2");
	for (const secret of ["item-1", "ada@shop", btoa("ada@shop"), CONTEXT.device]) expect(sent.split(idOf(2))[0]).not.toContain(secret);
	await consume();
	const lines = await readLog();
	expect(lines.map(({ id, item, v }) => ({ id, item, v }))).toEqual([
		{ id: idOf(1), item: "item-1", v: 1 },
		{ id: idOf(2), item: "item-2", v: 1 },
	]);
	expect(await rows("SELECT type, sum(n) AS n FROM event_counts GROUP BY type")).toEqual([{ type: "view", n: 2 }]);
	const held = await bucketInClear();
	expect(held).toContain("item-2");
	expect(held).not.toContain("item-1");
	expect(held).not.toContain("ada");
});

test("an erased pseudonym's events are never read again, whoever keeps the master key; those of others are", async () => {
	const { post, erase, consume } = await setUp();
	await post(1, "ada");
	await post(2, "grace");
	await post(3);
	await consume();
	expect((await loggedIds()).length).toBe(3);
	const before = await bucketInClear();
	expect((await erase("ada")).status).toBe(204);
	expect(await loggedIds()).toEqual([idOf(2), idOf(3)]);
	// Its key is gone from the bucket, and nothing else is.
	expect(await objectsUnder("keys/")).toEqual([`keys/${await dataKeyNameFor(SECRET, "grace", NOW)}`]);
	expect(before).toContain(await dataKeyNameFor(SECRET, "ada", NOW));
	// Back again: what comes now has a key of its own, which does not open what was.
	await post(4, "ada");
	await consume();
	expect(await loggedIds()).toEqual([idOf(2), idOf(3), idOf(4)]);
});

test("what was on its way when its pseudonym was erased is dropped, from the queue and from the inbox", async () => {
	const { post, erase, consume, taken } = await setUp();
	await post(1, "ada");
	await post(2, "grace");
	await erase("ada");
	await consume();
	expect(await loggedIds()).toEqual([idOf(2)]);
	expect(await rows("SELECT type, sum(n) AS n FROM event_counts GROUP BY type")).toEqual([{ type: "view", n: 1 }]);

	const dead = await setUp({ queueDead: true });
	await dead.post(5, "ada");
	await dead.post(6, "grace");
	await dead.erase("ada");
	const queue = createMessageQueue({
		sendBatch: async (requests) => {
			taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
			return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
		},
	});
	const shelves = { inbox: createInbox(env.LOG, KEYS), undelivered: createUndelivered(env.LOG, KEYS) };
	await drainInbox({ queue, ...shelves }, Math.floor(Date.now() / 1000) + DAY);
	await consume();
	expect(await loggedIds()).toEqual([idOf(2), idOf(6)]);
});

test("every day that the log holds of a pseudonym is erased", async () => {
	const { post, erase, consume, setTime } = await setUp();
	for (const day of [0, 1, RETENTION_DAYS]) {
		setTime(NOW + day * DAY);
		await post(day, "ada");
		await consume();
	}
	expect(await objectsUnder("keys/")).toHaveLength(3);
	await erase("ada");
	expect(await objectsUnder("keys/")).toEqual([]);
	expect(await loggedIds()).toEqual([]);
});

test("nothing tells whether there was anything to erase: not the answer, nor the calls that it takes", async () => {
	const calls: unknown[][] = [];
	const bucket = new Proxy(env.LOG, {
		get: (target, name) => {
			const method = Reflect.get(target, name);
			return (...parameters: unknown[]) => {
				calls.push([name, ...parameters.map((parameter) => (Array.isArray(parameter) ? parameter.length : typeof parameter))]);
				return method.apply(target, parameters);
			};
		},
	});
	const { post, erase, consume } = await setUp({ bucket });
	await post(1, "ada");
	await consume();
	const told: unknown[] = [];
	for (const pseudonym of ["ada", "ada", "nobody"]) {
		calls.length = 0;
		const answer = await erase(pseudonym);
		const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "x-request-id"));
		told.push({ status: answer.status, body: await answer.text(), headers, calls: structuredClone(calls) });
	}
	expect(told[0]).toMatchObject({ status: 204, calls: [["delete", RETENTION_DAYS + 4]] });
	expect(told[1]).toEqual(told[0]);
	expect(told[2]).toEqual(told[0]);
});

test("only a token of the scope erases; with the mode off a pseudonym is refused, not dropped, and nothing can be erased", async () => {
	const on = await setUp();
	expect((await on.erase("ada", "reader-token")).status).toBe(403);
	expect((await on.erase("ada", "wrong")).status).toBe(401);
	expect((await on.erase("a".repeat(129))).status).toBe(400);
	const off = await setUp({ keyed: false });
	const refused = await off.post(1, "ada");
	expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: "invalid_field", path: "pseudonym" } }]);
	expect(off.taken).toEqual([]);
	expect((await off.post(2)).status).toBe(202);
	expect((await off.erase("ada")).status).toBe(409);
});

test("what was sealed is still read once the mode is off again", async () => {
	const { post, consume } = await setUp();
	await post(1, "ada");
	await consume();
	const off = await setUp({ keyed: false });
	const page = await off.fetch("/admin/events", { headers: { authorization: "Bearer reader-token" } });
	expect((await page.json<{ lines: LogLine[] }>()).lines.map(({ item }) => item)).toEqual(["item-1"]);
});

test("while no key can be had, events of a pseudonym are refused for later, never kept unsealed", async () => {
	const bucket = { get: () => Promise.reject(new Error("made to fail")) } as unknown as R2Bucket;
	const { post, taken } = await setUp({ bucket });
	const answer = await post(1, "ada");
	expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
	expect(taken).toEqual([]);
	expect(await objectsUnder("")).toEqual([]);
	expect((await post(2)).status).toBe(202);
});

test("while it is not known whether a line can be opened, the log is unreadable, and a batch comes again", async () => {
	const { post, taken } = await setUp();
	await post(1, "ada");
	const [key] = (await objectsUnder("keys/")) as [string];
	const held = await (await env.LOG.get(key))!.arrayBuffer();
	await env.LOG.put(key, new Uint8Array(held).with(-1, 0));
	const batch = batchOf(structuredClone(taken));
	expect(await consumeFeedback(batch, consumerPorts(), NOW)).toEqual({ stored: 0, malformed: 0, retried: 1 });
	await env.LOG.put(key, held);
	await consumeFeedback(batchOf(taken), consumerPorts(), NOW);
	expect(await loggedIds()).toEqual([idOf(1)]);
	await env.LOG.put(key, "damaged");
	await expect(loggedIds()).rejects.toMatchObject({ failure: { kind: "log_unreadable" } });
});

test("two requests of one pseudonym at once share a key", async () => {
	const { post, consume } = await setUp();
	await Promise.all(Array.from({ length: 8 }, (_, n) => post(n, "ada")));
	await consume();
	expect(await objectsUnder("keys/")).toHaveLength(1);
	expect((await loggedIds()).length).toBe(8);
});

test("a line that is put in another's place, or given another id, is not opened", async () => {
	const vault = createLineVault(env.LOG, KEYS);
	const [ada, grace] = await Promise.all(["ada", "grace"].map((name) => dataKeyNameFor(SECRET, name, NOW)));
	const [line] = await vault.seal([lineOf(1)], ada!);
	await vault.seal([lineOf(2)], grace!);
	expect(await vault.open([line!])).toEqual([lineOf(1)]);
	expect(
		await vault.open([
			{ ...line!, dataKey: grace! },
			{ ...line!, id: idOf(2) },
			{ ...line!, receivedAt: NOW + 1 },
		]),
	).toEqual([null, null, null]);
});

test("a page of the log stops at its most keys, and the next one goes on there", async () => {
	const vault = createLineVault(env.LOG, KEYS);
	const lines = [];
	// Two lines of each shopper, then one that has no key.
	for (let n = 0; n < 10; n++)
		lines.push(...(await vault.seal([lineOf(n)], await dataKeyNameFor(SECRET, `shopper ${Math.floor(n / 2)}`, NOW))));
	lines.push(lineOf(10));
	await consumeFeedback(batchOf([eventsOf(...lines)]), consumerPorts(), NOW);
	const reader = createLogReader(env.DB, env.LOG, KEYS, 2);
	const pages = [];
	for (let cursor: string | null = null; ; ) {
		const page = await reader.page(cursor);
		pages.push(page.lines.map(({ id }) => id));
		cursor = page.cursor;
		if (cursor === null) break;
	}
	expect(pages.map(({ length }) => length)).toEqual([4, 4, 3]);
	expect(pages.flat()).toEqual(lines.map(({ id }) => id));
});

test("keys are kept as long as what is under them, and then deleted", async () => {
	const { post, consume } = await setUp();
	await post(1, "ada");
	await consume();
	await expire(env.DB, env.LOG, RETENTION_DAYS, NOW + RETENTION_DAYS * DAY - 1);
	expect(await loggedIds()).toEqual([idOf(1)]);
	expect(await objectsUnder("keys/")).toHaveLength(1);
	await expire(env.DB, env.LOG, RETENTION_DAYS, NOW + (RETENTION_DAYS + 2) * DAY);
	expect(await objectsUnder("")).toEqual([]);
});

test("a new master key takes the data keys over too, and the old one is needed no more", async () => {
	const { post, consume, erase } = await setUp();
	await post(1, "ada");
	await post(2, "grace");
	await consume();
	const both: LogKeys = { current: "k2", keys: { ...KEYS.keys, k2: keyOf(2) } };
	const next: LogKeys = { current: "k2", keys: { k2: keyOf(2) } };
	expect(await rewrapObjects(env.DB, env.LOG, both)).toEqual({ moved: 3, unreadable: [] });
	expect((await readLog(next)).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
	await erase("ada");
	expect((await readLog(next)).map(({ id }) => id)).toEqual([idOf(2)]);
	expect(await rewrapObjects(env.DB, env.LOG, next)).toEqual({ moved: 0, unreadable: [] });
});
