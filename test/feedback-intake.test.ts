import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { QueueMessage } from "../src/contract/event.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { jsonBytes, MESSAGE_MAX_BYTES } from "../src/feedback/chunk.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { consumeDeadLetters } from "../src/feedback/dead-letters.ts";
import { DRAIN_GROUP_OBJECTS, DRAIN_MAX_REFUSALS, drainInbox, REVIVE_AFTER_SECONDS } from "../src/feedback/drain.ts";
import { createMessageQueue } from "../src/store/feedback-queue.ts";
import { createInbox, createMalformed, createUndelivered } from "../src/store/inbox.ts";
import { createKnownItems } from "../src/store/known-items.ts";
import {
	batchOf,
	consumerPorts,
	eventsOf,
	idOf,
	KEYS,
	keyOf,
	lineOf,
	migrate,
	NOW,
	objectsUnder,
	PLAIN_INTAKE,
	plainLines,
	readLog,
	reset,
	rows,
	WITNESS,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

/** A queue binding that refuses the sends whose number (0 at first) is listed, and keeps what it took. */
function queueRefusing(...refused: readonly number[]) {
	let sends = 0;
	const taken: QueueMessage[] = [];
	const sendBatch = async (requests: Iterable<MessageSendRequest>) => {
		if (refused.includes(sends++)) throw new Error("made to fail");
		taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
		return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
	};
	return { queue: createMessageQueue({ sendBatch }), taken };
}

const DEAD_BUCKET = { put: () => Promise.reject(new Error("made to fail")) } as unknown as R2Bucket;
const ALWAYS = Array.from({ length: 100 }, (_, n) => n);

const WORDS = new Set(["red", "polish"]);
const SURFACES = new Set(["home", "cart"]);

/** The catalogue has items that begin with "item-" or a digit, and two words. */
const intakeOver = (queue: ReturnType<typeof createMessageQueue>, inbox = createInbox(env.LOG, KEYS)) =>
	createEventIntake({
		...PLAIN_INTAKE,
		queue,
		inbox,
		isOurRecommendation: async (id) => id.startsWith("ours"),
		knownWordsOf: (text) => (WORDS.has(text) ? text : null),
		knownItemsOf: async (items) => new Set(items.filter((item) => /^(item-|\d)/.test(item))),
		surfaceOf: (surface) => (SURFACES.has(surface) ? surface : "other"),
		orderKeyOf: async (order) => `hash-of-${order.length}`,
	});

const eventOf = (n: number, more: object = {}) => ({ id: idOf(n), type: "view", item: `item-${n}`, at: NOW - 5, ...more });
/** The largest event there is, in a script of three bytes a character. */
const wideEvent = (n: number) =>
	eventOf(n, {
		type: "purchase",
		item: `${n}`.padEnd(128, "漢"),
		query: "red polish",
		order: "o".repeat(64),
		recommendationId: "ours".padEnd(512, "x"),
	});

test("good events are kept when others in the batch are bad", async () => {
	const { queue, taken } = queueRefusing();
	const events = [eventOf(1), { ...eventOf(2), email: "ada@example.org" }, eventOf(3), eventOf(4, { at: NOW + 301 }), "noise"];
	expect(await intakeOver(queue).accept(events, WITNESS, true, NOW)).toEqual({
		accepted: 2,
		rejected: [
			{ index: 1, code: "unknown_field", path: "email" },
			{ index: 3, code: "invalid_field", path: "at" },
			{ index: 4, code: "invalid_field", path: "" },
		],
		withheld: 0,
	});
	expect(taken).toEqual([eventsOf(lineOf(1), lineOf(3))]);
});

test("keeps of a query the catalogue's words only, of an order its hash, of a recommendation id only one of ours", async () => {
	const { queue, taken } = queueRefusing();
	const events = [
		eventOf(1, { type: "search", item: null, query: "red polish for ada lovelace" }),
		eventOf(2, { type: "search", item: null, query: "ada lovelace" }),
		eventOf(3, { order: "1234", recommendationId: "ours-1" }),
		eventOf(4, { recommendationId: "invented" }),
	];
	await intakeOver(queue).accept(events, WITNESS, true, NOW);
	const lines = plainLines(taken);
	expect(lines.map(({ query, order, recommendationId }) => ({ query, order, recommendationId }))).toEqual([
		{ query: "red polish *", order: null, recommendationId: null },
		{ query: "*", order: null, recommendationId: null },
		{ query: null, order: "hash-of-4", recommendationId: "ours-1" },
		{ query: null, order: null, recommendationId: null },
	]);
});

test("of free text only what the shop has published is enqueued; what was dropped is counted by kind, each event once", async () => {
	const { queue, taken } = queueRefusing();
	const events = [
		eventOf(1, { type: "search", item: null, query: "red ada@example.org 4111 1111 1111 1111 +49 170 1234567" }),
		eventOf(2, { item: "ada@example.org" }),
		eventOf(3, { item: "Ada Lovelace", surface: "ada-lovelace" }),
		eventOf(4, { surface: "cart", query: "ada@example.org" }),
	];
	await intakeOver(queue).accept(events, WITNESS, true, NOW);
	const lines = plainLines(taken);
	expect(lines.map(({ item, query, surface, masked }) => ({ item, query, surface, masked }))).toEqual([
		{ item: null, query: "red", surface: null, masked: ["email", "card", "phone"] },
		{ item: null, query: null, surface: null, masked: ["item"] },
		{ item: null, query: null, surface: "other", masked: ["item", "surface"] },
		{ item: "item-4", query: "*", surface: "cart", masked: ["email"] },
	]);
	expect(JSON.stringify(taken)).not.toMatch(/ada|lovelace|example|4111|170/i);
	await consumeFeedback(batchOf(taken), consumerPorts(), NOW);
	await consumeFeedback(batchOf(taken), consumerPorts(), NOW);
	expect(await rows("SELECT name, n FROM counters ORDER BY name")).toEqual([
		{ name: "masked.card", n: 1 },
		{ name: "masked.email", n: 2 },
		{ name: "masked.item", n: 2 },
		{ name: "masked.phone", n: 1 },
		{ name: "masked.surface", n: 1 },
	]);
});

test("an id is the catalogue's when the release has it or the database; with both out of reach it is nobody's", async () => {
	await env.DB.prepare("INSERT INTO products (id, body, version, updatedAt) VALUES ('listed', '{}', 1, 1)").run();
	const known = createKnownItems(env.DB, (id) => id === "served");
	const ids = ["served", "listed", "Ada Lovelace", "listed"];
	expect([...(await known(ids))]).toEqual(["served", "listed"]);
	await env.DB.prepare("DROP TABLE products").run();
	// What was found once is remembered.
	expect([...(await known(ids))]).toEqual(["served", "listed"]);
	expect([...(await createKnownItems(env.DB, (id) => id === "served")(ids))]).toEqual(["served"]);
});

test("without consent nothing is enqueued, and good events are counted as withheld", async () => {
	const { queue, taken } = queueRefusing();
	const answer = await intakeOver(queue).accept([eventOf(1), "noise"], WITNESS, false, NOW);
	expect(answer).toEqual({ accepted: 0, rejected: [{ index: 1, code: "invalid_field", path: "" }], withheld: 1 });
	expect(taken).toEqual([]);
	expect(await objectsUnder("")).toEqual([]);
});

test("a request of the most and largest events goes out in messages below the platform's limit", async () => {
	const { queue, taken } = queueRefusing();
	const events = Array.from({ length: 100 }, (_, n) => wideEvent(n));
	await intakeOver(queue).accept(events, WITNESS, true, NOW);
	expect(taken.length).toBeGreaterThan(1);
	expect(Math.max(...taken.map(jsonBytes))).toBeLessThanOrEqual(MESSAGE_MAX_BYTES + 100);
	expect(taken.flatMap((message) => (message.kind === "events" ? message.lines : [])).map(({ id }) => id)).toEqual(
		events.map(({ id }) => id),
	);
	// The platform's own queue takes them too.
	expect(await intakeOver(createMessageQueue(env.FEEDBACK)).accept(events, WITNESS, true, NOW)).toMatchObject({ accepted: 100 });
	expect(await objectsUnder("inbox/")).toEqual([]);
});

test("a dead queue leaves the events in the inbox, from where a later run sends them", async () => {
	const dead = queueRefusing(...ALWAYS);
	expect(await intakeOver(dead.queue).accept([eventOf(1), eventOf(2)], WITNESS, true, NOW)).toMatchObject({ accepted: 2 });
	const [key, ...others] = await objectsUnder("inbox/");
	expect(others).toEqual([]);
	expect(key).toMatch(new RegExp(`^inbox/${NOW}-[0-9a-f-]{36}$`));
	expect(await (await env.LOG.get(key!))!.text()).not.toContain("item-1");

	const shelves = { inbox: createInbox(env.LOG, KEYS), undelivered: createUndelivered(env.LOG, KEYS) };
	expect(await drainInbox({ queue: dead.queue, ...shelves }, LATER)).toEqual({ sent: 0, unreadable: [] });
	expect(await objectsUnder("inbox/")).toEqual([key]);

	const alive = queueRefusing();
	expect(await drainInbox({ queue: alive.queue, ...shelves }, LATER)).toEqual({ sent: 1, unreadable: [] });
	expect(alive.taken).toEqual([eventsOf(lineOf(1), lineOf(2))]);
	expect(await objectsUnder("inbox/")).toEqual([]);
});

test("a queue that refuses now and then holds up its own group alone; one that always refuses ends the run", async () => {
	const inbox = createInbox(env.LOG, KEYS);
	const shelves = { inbox, undelivered: createUndelivered(env.LOG, KEYS) };
	const objects = DRAIN_GROUP_OBJECTS * (DRAIN_MAX_REFUSALS + 1);
	for (let n = 0; n < objects; n++) await inbox.put([eventsOf(lineOf(n))], NOW + n);

	const moody = queueRefusing(1, 3);
	expect((await drainInbox({ queue: moody.queue, ...shelves }, LATER)).sent).toBe(objects - 2 * DRAIN_GROUP_OBJECTS);
	expect(await objectsUnder("inbox/")).toHaveLength(2 * DRAIN_GROUP_OBJECTS);

	for (let n = 0; n < objects; n++) await inbox.put([eventsOf(lineOf(n))], NOW + n);
	const dead = queueRefusing(...Array.from({ length: DRAIN_MAX_REFUSALS }, (_, send) => send));
	expect((await drainInbox({ queue: dead.queue, ...shelves }, LATER)).sent).toBe(0);
	expect(dead.taken).toEqual([]);
});

test("when a later send fails, the inbox takes what the queue did not", async () => {
	const { queue, taken } = queueRefusing(1);
	const events = Array.from({ length: 100 }, (_, n) => wideEvent(n)).concat(Array.from({ length: 100 }, (_, n) => wideEvent(n + 100)));
	await intakeOver(queue).accept(events, WITNESS, true, NOW);
	const drained = queueRefusing();
	await drainInbox({ queue: drained.queue, inbox: createInbox(env.LOG, KEYS), undelivered: createUndelivered(env.LOG, KEYS) }, LATER);
	const idsOf = (messages: readonly QueueMessage[]) =>
		messages.flatMap((message) => (message.kind === "events" ? message.lines : [])).map(({ id }) => id);
	expect(taken.length).toBeGreaterThan(0);
	expect(drained.taken.length).toBeGreaterThan(0);
	expect([...idsOf(taken), ...idsOf(drained.taken)]).toEqual(events.map(({ id }) => id));
});

test("a queue that never answers is taken for dead", async () => {
	const silent = createMessageQueue({ sendBatch: () => new Promise(() => {}) }, 1);
	expect(await intakeOver(silent).accept([eventOf(1)], WITNESS, true, NOW)).toMatchObject({ accepted: 1 });
	expect(await objectsUnder("inbox/")).toHaveLength(1);
});

test("only with queue and inbox both dead it is unavailable", async () => {
	const inbox = createInbox(DEAD_BUCKET, KEYS);
	const accept = (refused: readonly number[], shelf = inbox) =>
		intakeOver(queueRefusing(...refused).queue, shelf).accept([eventOf(1)], WITNESS, true, NOW);
	expect(await accept([])).toMatchObject({ accepted: 1 });
	expect(await accept(ALWAYS, createInbox(env.LOG, KEYS))).toMatchObject({ accepted: 1 });
	await expect(accept(ALWAYS)).rejects.toMatchObject({ failure: { kind: "unavailable", retryAfterSeconds: 30 } });
});

test("an inbox object that cannot be read stays, is named, and holds up no other", async () => {
	const old = createInbox(env.LOG, { current: "k0", keys: { k0: keyOf(9) } });
	await old.put([eventsOf(lineOf(1))], NOW - 10);
	await createInbox(env.LOG, KEYS).put([eventsOf(lineOf(2))], NOW);
	const { queue, taken } = queueRefusing();
	const drained = await drainInbox({ queue, inbox: createInbox(env.LOG, KEYS), undelivered: createUndelivered(env.LOG, KEYS) }, LATER);
	const [left] = await objectsUnder("inbox/");
	expect(drained).toEqual({
		sent: 1,
		unreadable: [{ key: left, reason: 'is encrypted under the key "k0", which LOG_KEYS does not hold' }],
	});
	expect(taken).toEqual([eventsOf(lineOf(2))]);
});

test("what the queue gave up on is kept, counted once, and sent again after a rest", async () => {
	const shelves = { undelivered: createUndelivered(env.LOG, KEYS), malformed: createMalformed(env.LOG, KEYS) };
	const letters = batchOf([eventsOf(lineOf(1)), "noise"], 11);
	await consumeDeadLetters(letters, { counts: consumerPorts().counts, ...shelves }, NOW);
	await consumeDeadLetters(letters, { counts: consumerPorts().counts, ...shelves }, NOW);
	expect(await rows("SELECT n FROM counters WHERE name = 'dead_letters'")).toEqual([{ n: 2 }]);
	expect(await objectsUnder("dead/malformed/")).toHaveLength(2);

	const { queue, taken } = queueRefusing();
	const ports = { queue, inbox: createInbox(env.LOG, KEYS), undelivered: shelves.undelivered };
	const [{ storedAt } = { storedAt: 0 }] = await shelves.undelivered.list(1);
	expect((await drainInbox(ports, storedAt + REVIVE_AFTER_SECONDS - 1)).sent).toBe(0);
	expect((await drainInbox(ports, storedAt + REVIVE_AFTER_SECONDS + 60)).sent).toBe(2);
	await consumeFeedback(batchOf(taken), consumerPorts(), NOW);
	expect(await readLog()).toEqual([lineOf(1)]);
});

test("with the database dead, dead letters are still put away", async () => {
	const counts = {
		record: () => Promise.reject(new Error()),
		categoriesOf: async () => new Map(),
		countDeadLetters: () => Promise.reject(new Error("made to fail")),
	};
	await consumeDeadLetters(
		batchOf([eventsOf(lineOf(1))], 11),
		{ counts, undelivered: createUndelivered(env.LOG, KEYS), malformed: createMalformed(env.LOG, KEYS) },
		NOW,
	);
	expect(await objectsUnder("dead/undelivered/")).toHaveLength(1);
});

/** Objects are stamped by the platform's own clock: a time after any of them. */
const LATER = 9_999_999_999 - REVIVE_AFTER_SECONDS;
