import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CROWD_MIN_VISITORS } from "../src/contract/crowd.ts";
import type { LogLine, QueueMessage } from "../src/contract/event.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { createApp } from "../src/http/app.ts";
import { createDoor } from "../src/http/sender.ts";
import type { Services } from "../src/http/services.ts";
import type { Recommender } from "../src/pipeline/ports.ts";
import { forgetMarks } from "../src/store/crowd-counts.ts";
import { createDaySalt, saltEndOf } from "../src/store/day-salt.ts";
import { createMessageQueue } from "../src/store/feedback-queue.ts";
import { refreshHotLists } from "../src/store/hot-lists.ts";
import { createInbox } from "../src/store/inbox.ts";
import { createLogReader } from "../src/store/log-reader.ts";
import { createReleasedFeatures } from "../src/store/released-features.ts";
import { createStatus } from "../src/store/status.ts";
import { sha256 } from "./admin-fixtures.ts";
import {
	batchOf,
	consumerPorts,
	eventsOf,
	idOf,
	KEYS,
	lineOf,
	migrate,
	NOW,
	objectsUnder,
	PLAIN_INTAKE,
	plainLines,
	reset,
	rows,
	visitorOf,
} from "./feedback-fixtures.ts";

beforeEach(async () => {
	await migrate();
	await env.DB.batch(
		["quiet", "busy"].map((id) =>
			env.DB.prepare("INSERT INTO products (id, body, version, updatedAt) VALUES (?1, ?2, 1, 0)").bind(
				id,
				JSON.stringify({ id, category: "lips" }),
			),
		),
	);
});
afterEach(reset);

/** The routes over the real door, stores and consumer; the queue delivers with `settle`. */
async function setUp() {
	const salt = createDaySalt(env.RELEASES);
	await salt.prepareSalts(NOW);
	const taken: QueueMessage[] = [];
	const sendBatch = async (requests: Iterable<MessageSendRequest>) => {
		taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
		return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
	};
	const services: Partial<Services> = {
		...createDoor(salt, createReleasedFeatures(env.DB), () => NOW),
		events: createEventIntake({
			queue: createMessageQueue({ sendBatch }),
			inbox: createInbox(env.LOG, KEYS),
			...PLAIN_INTAKE,
			orderKeyOf: sha256,
		}),
		log: createLogReader(env.DB, env.LOG, KEYS),
		status: () => createStatus(env.DB)(NOW),
		access: null,
		tokens: [{ name: "reader", sha256: await sha256("reader-token"), scopes: ["read"] }],
		recommender: { prepare: () => {} } as Pick<Recommender, "prepare"> as Recommender,
		corsOrigins: ["*"],
		consentDefault: true,
		allow: async () => true,
		now: () => NOW,
	};
	const app = createApp(services as Services);
	const fetch = async (path: string, init?: RequestInit<RequestInitCfProperties>) => {
		const context = createExecutionContext();
		const response = await app.request(new Request(`https://shop.example${path}`, init), undefined, env, context);
		await waitOnExecutionContext(context);
		return response;
	};
	const asReader = { headers: { authorization: "Bearer reader-token" } };
	return {
		/** One visitor's event; each number is a network of its own. */
		async visit(visitor: number, event: number, more: object = {}, headers: Record<string, string> = {}) {
			const answer = await fetch("/v1/events", {
				method: "POST",
				headers: { "cf-connecting-ip": `203.0.113.${visitor}`, "user-agent": "Mozilla/5.0 (iPhone) Mobile", ...headers },
				body: JSON.stringify({ session: `s${event}`, events: [{ id: idOf(event), type: "view", item: "quiet", at: NOW, ...more }] }),
				cf: { country: "LI", continent: "EU", timezone: "Europe/Vaduz" } as RequestInitCfProperties,
			});
			expect(answer.status).toBe(202);
		},
		settle: () => consumeFeedback(batchOf(taken.splice(0)), { ...consumerPorts(), salt }, NOW),
		events: async () => (await (await fetch("/admin/events", asReader)).json<{ lines: LogLine[] }>()).lines,
		status: async () => (await fetch("/admin/status", asReader)).json<{ events: object }>(),
	};
}

/** Everything in the database, the store of releases and the bucket but for the log, as text. */
async function everythingOutsideTheLog(): Promise<string> {
	const tables = await rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
	const parts: string[] = [];
	for (const { name } of tables) if (name !== "products") parts.push(JSON.stringify(await rows(`SELECT * FROM "${name}"`)));
	for (const { name } of (await env.RELEASES.list()).keys) parts.push(name, (await env.RELEASES.get(name)) ?? "");
	for (const key of await objectsUnder("")) if (!key.startsWith("events/")) parts.push(key, await (await env.LOG.get(key))!.text());
	return parts.join("\n");
}
const popular = async () =>
	(await rows<{ name: string; items: string }>("SELECT name, items FROM hot_lists ORDER BY name")).map(({ name, items }) => [name, items]);

test("a value with 49 distinct visitors in a day appears nowhere outside the log; with 50 it does", async () => {
	const shop = await setUp();
	for (let visitor = 1; visitor < CROWD_MIN_VISITORS; visitor++) await shop.visit(visitor, visitor);
	// The 49th comes again, in new sessions and with other browsers: still one visitor.
	for (let again = 0; again < 5; again++) await shop.visit(49, 100 + again, {}, { "user-agent": `Mozilla/5.0 (iPhone) Mobile ${again}` });
	await shop.settle();
	await refreshHotLists(env.DB, NOW);

	const before = await everythingOutsideTheLog();
	for (const value of ["LI", "EU", "mobile", "quiet", "lips"]) expect(before).not.toContain(`"${value}`);
	expect(await rows("SELECT * FROM crowd_counts")).toEqual([]);
	expect(await popular()).toEqual([]);
	expect((await shop.status()).events).toEqual({});
	expect(new Set((await shop.events()).map(({ context }) => JSON.stringify(context)))).toEqual(
		new Set([JSON.stringify({ region: "unknown", device: "unknown", daypart: "unknown", weekday: "unknown", referrer: "unknown" })]),
	);

	await shop.visit(50, 50);
	await shop.settle();
	await refreshHotLists(env.DB, NOW);
	expect(await rows("SELECT kind, name FROM crowd_counts ORDER BY kind")).toEqual([
		{ kind: "category", name: "lips" },
		{ kind: "country", name: "LI" },
		{ kind: "daypart", name: "morning" },
		{ kind: "device", name: "mobile" },
		{ kind: "item", name: "quiet" },
		{ kind: "item.view", name: "quiet" },
		{ kind: "referrer", name: "direct" },
		{ kind: "region", name: "EU" },
		{ kind: "type", name: "view" },
		{ kind: "weekday", name: "fri" },
	]);
	expect(await popular()).toEqual([
		["popular", '["quiet"]'],
		["popular:lips", '["quiet"]'],
	]);
	expect((await shop.status()).events).toEqual({ "2026-11-20": { view: 55 } });
	expect((await shop.events())[0]?.context).toEqual({
		...{ country: "LI", region: "EU", device: "mobile", daypart: "morning", weekday: "fri", referrer: "direct" },
	});
});

test("a value that has no crowd gives way to its parent: of a country the region", async () => {
	const shop = await setUp();
	for (let visitor = 1; visitor <= CROWD_MIN_VISITORS; visitor++) await shop.visit(visitor, visitor);
	await shop.settle();
	await consumeFeedback(
		batchOf([eventsOf(lineOf(999, { context: { ...lineOf(1).context, country: "MC", device: "tablet" } }))]),
		consumerPorts(),
		NOW,
	);
	expect((await shop.events()).at(-1)?.context).toMatchObject({ region: "EU", device: "unknown" });
	expect((await shop.events()).at(-1)?.context).not.toHaveProperty("country");
});

const viewsBy = (visitors: number, from: number, more: Partial<LogLine> = {}) =>
	eventsOf(...Array.from({ length: visitors }, (_, n) => lineOf(from + n, { item: "busy", visitor: visitorOf(n), ...more })));

test("one client with a hundred purchases moves no list", async () => {
	const buyer = Array.from({ length: 100 }, (_, n) =>
		lineOf(1000 + n, { type: "purchase", item: "quiet", session: visitorOf(n), visitor: visitorOf(7) }),
	);
	await consumeFeedback(batchOf([viewsBy(50, 0), eventsOf(...buyer)]), consumerPorts(), NOW);
	await refreshHotLists(env.DB, NOW);
	expect(await popular()).toEqual([
		["popular", '["busy"]'],
		["popular:lips", '["busy"]'],
	]);
	expect(await rows("SELECT kind FROM crowd_counts WHERE name = 'quiet'")).toEqual([]);
});

test("49 visitors on each of two days are no crowd", async () => {
	await consumeFeedback(batchOf([viewsBy(49, 0), viewsBy(49, 100, { receivedAt: NOW - 86_400 })]), consumerPorts(), NOW);
	expect(await rows("SELECT * FROM crowd_counts")).toEqual([]);
});

test("keeps at most 50 keyed hashes a value, and still tells how many came", async () => {
	for (let part = 0; part < 10; part++) {
		const lines = Array.from({ length: 100 }, (_, n) => lineOf(part * 100 + n, { item: "busy", visitor: visitorOf(part * 100 + n) }));
		await consumeFeedback(batchOf([eventsOf(...lines)]), consumerPorts(), NOW);
	}
	const [most] = await rows<{ n: number }>("SELECT max(n) AS n FROM (SELECT count(*) AS n FROM visitor_marks GROUP BY day, value)");
	expect(most?.n).toBe(CROWD_MIN_VISITORS);
	const [estimate] = await rows<{ n: number }>("SELECT n FROM crowd_counts WHERE kind = 'item' AND name = 'busy'");
	// 1000 came; the standard error is 1000 / sqrt(48) = 144.
	expect(Math.abs((estimate?.n ?? 0) - 1000)).toBeLessThan(3 * 144);
	// The same events again, as the queue may deliver them: nothing changes.
	const marks = await rows("SELECT * FROM visitor_marks ORDER BY value, mark");
	await consumeFeedback(
		batchOf([eventsOf(...Array.from({ length: 100 }, (_, n) => lineOf(n, { item: "busy", visitor: visitorOf(n) })))]),
		consumerPorts(),
		NOW,
	);
	expect(await rows("SELECT * FROM visitor_marks ORDER BY value, mark")).toEqual(marks);
});

test("the hashes of a day go when its salt does, and what arrives later makes none", async () => {
	await consumeFeedback(batchOf([viewsBy(10, 0)]), consumerPorts(), NOW);
	const marks = () => rows<{ n: number }>("SELECT count(*) AS n FROM visitor_marks");
	const held = await marks();
	expect(held[0]?.n).toBeGreaterThan(0);
	await forgetMarks(env.DB, saltEndOf(NOW) - 1, saltEndOf);
	expect(await marks()).toEqual(held);
	await forgetMarks(env.DB, saltEndOf(NOW), saltEndOf);
	expect(await marks()).toEqual([{ n: 0 }]);

	const salt = createDaySalt(env.RELEASES);
	await salt.prepareSalts(NOW);
	await consumeFeedback(batchOf([viewsBy(60, 100)]), { ...consumerPorts(), salt }, saltEndOf(NOW));
	expect(await marks()).toEqual([{ n: 0 }]);
	expect(await rows("SELECT count(*) AS n FROM event_ids")).toEqual([{ n: 70 }]);
});

test("bots and senders without a key speak for nothing", async () => {
	const bots = viewsBy(60, 0, { context: { ...lineOf(0).context, device: "bot" } });
	const strangers = eventsOf(...Array.from({ length: 60 }, (_, n) => lineOf(200 + n, { item: "busy" })));
	await consumeFeedback(batchOf([bots, strangers]), consumerPorts(), NOW);
	expect(await rows("SELECT * FROM visitor_marks")).toEqual([]);
});

test("one visitor on two days has two keys, and nothing that was kept links them once the old salt is gone", async () => {
	let now = NOW;
	const salt = createDaySalt(env.RELEASES);
	await salt.prepareSalts(now);
	const taken: QueueMessage[] = [];
	const { witnessOf, senderOf, sessionKeyOf } = createDoor(salt, createReleasedFeatures(env.DB), () => now);
	const intake = createEventIntake({
		queue: { send: async (messages) => void taken.push(...messages) },
		inbox: createInbox(env.LOG, KEYS),
		...PLAIN_INTAKE,
		orderKeyOf: (order) => sessionKeyOf(`order\0${order}`),
	});
	const request = new Request("https://shop.example", { headers: { "cf-connecting-ip": "192.0.2.7", "user-agent": "a" } });
	const senders: unknown[] = [];
	const refreshing: Promise<unknown>[] = [];
	for (const day of [0, 1]) {
		now = NOW + day * 86_400;
		const { visitor, origin } = await senderOf(request, (work) => void refreshing.push(work));
		senders.push(await visitor(), origin);
		// The page keeps the session over midnight, the shop the order's number.
		const event = { id: idOf(day), type: "purchase", item: "busy", order: "o-1", at: now };
		await intake.accept([event], await witnessOf(request, "same session", false), true, now);
	}
	expect(new Set(senders).size).toBe(4);
	await Promise.all(refreshing);
	const lines = plainLines(taken);
	const keysOf = (line: LogLine | undefined) => [line?.visitor, line?.session, line?.order];
	const keys = lines.flatMap(keysOf);
	expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key ?? ""))).toBe(true);
	expect(new Set(keys).size).toBe(6);

	await consumeFeedback(batchOf(taken), { ...consumerPorts(), salt }, now);
	// The old salt is gone, as KV's TTL takes it; whoever has the log key, the database, all that is left in KV and the
	// visitor's very address, session and order number computes the keys of the second day, and none of the first.
	await env.RELEASES.delete("salt/2026-11-20");
	const left = createDaySalt(env.RELEASES);
	expect(await left.stored(NOW, now)).toBeNull();
	const recomputed: string[] = [];
	for (const { name } of (await env.RELEASES.list()).keys) {
		const stored = new Uint8Array((await env.RELEASES.get(name, "arrayBuffer")) as ArrayBuffer);
		for (const parts of [
			["visitor", "192.0.2.7", ""],
			["session", "same session"],
			["session", "order", "o-1"],
		])
			recomputed.push(await hmac(stored, parts.join("\0")));
	}
	expect(keysOf(lines[1]).every((key) => recomputed.includes(key as string))).toBe(true);
	expect(keysOf(lines[0]).some((key) => recomputed.includes(key as string))).toBe(false);
	await forgetMarks(env.DB, now, saltEndOf);
	const marks = await rows<{ day: string }>("SELECT DISTINCT day FROM visitor_marks");
	expect(marks).toEqual([{ day: "2026-11-21" }]);
});

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
	const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
	const mac = new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)), 0, 16);
	return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("visitors whom a token vouches for are told apart by session, others by network", async () => {
	const salt = createDaySalt(env.RELEASES);
	await salt.prepareSalts(NOW);
	const { witnessOf } = createDoor(salt, createReleasedFeatures(env.DB), () => NOW);
	const from = (address: string, userAgent = "a") =>
		new Request("https://shop.example", { headers: { "cf-connecting-ip": address, "user-agent": userAgent } });
	const visitor = async (request: Request, session: string, vouched = false) => (await witnessOf(request, session, vouched)).visitor;
	const one = await visitor(from("192.0.2.1"), "s1");
	expect(await visitor(from("192.0.2.1", "b"), "s2")).toBe(one);
	expect(await visitor(from("192.0.2.2"), "s1")).not.toBe(one);
	expect(await visitor(from("2001:db8::1"), "s")).toBe(await visitor(from("2001:db8::ffff"), "s"));
	const vouched = await Promise.all(["s1", "s2", "s1"].map((session) => visitor(from("192.0.2.1"), session, true)));
	expect(vouched[0]).toBe(vouched[2]);
	expect(new Set([one, ...vouched]).size).toBe(3);
	expect(await visitor(new Request("https://shop.example"), "s1")).toBeNull();
});
