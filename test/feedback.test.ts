import { createExecutionContext, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ITEM_ID_MAX_LENGTH, QUERY_MAX_LENGTH } from "../src/contract/primitives.ts";
import { type ConsumerPorts, consumeFeedback } from "../src/feedback/consume.ts";
import {
	batchOf,
	consumerPorts,
	DAY,
	eventsOf,
	idOf,
	lineOf,
	migrate,
	NOW,
	objectsUnder,
	readLog,
	reset,
	rows,
	TODAY,
	visitorOf,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const settledOf = (batch: MessageBatch<unknown>) => getQueueResult(batch, createExecutionContext());
const counted = () => rows<{ day: string; type: string; n: number }>("SELECT * FROM event_counts ORDER BY day, type");

/** Work that fails the first time, before or after it was done. */
function failingOnce<P extends unknown[], T>(
	work: (...parameters: P) => Promise<T>,
	when: "before" | "after",
): (...parameters: P) => Promise<T> {
	let failed = false;
	return async (...parameters) => {
		if (failed) return work(...parameters);
		failed = true;
		if (when === "after") await work(...parameters);
		throw new Error(`made to fail ${when} the work`);
	};
}

test("a batch becomes one encrypted object, and its lines come back as they were", async () => {
	const lines = [lineOf(1, { type: "purchase", value: 1999, currency: "EUR" }), lineOf(2, { item: "口红🥀שפתון" }), lineOf(3)];
	const batch = batchOf([eventsOf(lines[0]!, lines[1]!), eventsOf(lines[2]!)]);
	expect(await consumeFeedback(batch, consumerPorts(), NOW)).toEqual({ stored: 2, malformed: 0, retried: 0 });
	expect((await settledOf(batch)).explicitAcks).toEqual(["message-0", "message-1"]);
	expect(await readLog()).toEqual(lines);

	const [key, ...others] = await objectsUnder("events/");
	expect(others).toEqual([]);
	expect(key).toMatch(/^events\/dt=2026-11-20\/10\/1795168800-[0-9a-f-]{36}\.ndjson\.gz\.enc$/);
	const object = await env.LOG.get(key!);
	expect(object?.customMetadata).toEqual({ keyId: "k1" });
	expect(await rows("SELECT key, keyId, lines, skip, receivedAt FROM log_objects")).toEqual([
		{ key, keyId: "k1", lines: 3, skip: "[]", receivedAt: NOW },
	]);
});

test("counts by day of receipt and type", async () => {
	const lines = [lineOf(1), lineOf(2), lineOf(3, { receivedAt: NOW - DAY }), lineOf(4, { type: "search", item: null, query: "polish" })];
	await consumeFeedback(batchOf([eventsOf(...lines)]), consumerPorts(), NOW);
	expect(await counted()).toEqual([
		{ day: "2026-11-19", type: "view", n: 1 },
		{ day: TODAY, type: "search", n: 1 },
		{ day: TODAY, type: "view", n: 2 },
	]);
});

test("keeps one row when the queue delivers an event twice", async () => {
	const twice = eventsOf(lineOf(1), lineOf(2));
	await consumeFeedback(batchOf([twice, twice]), consumerPorts(), NOW);
	await consumeFeedback(batchOf([twice], 2), consumerPorts(), NOW + 10);
	expect((await readLog()).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
	expect(await counted()).toEqual([{ day: TODAY, type: "view", n: 2 }]);
	// Nothing new came with the second delivery, so it leaves no object either.
	expect(await objectsUnder("events/")).toHaveLength(1);
});

test("an object that is partly old says which of its lines to skip", async () => {
	await consumeFeedback(batchOf([eventsOf(lineOf(2))]), consumerPorts(), NOW);
	await consumeFeedback(batchOf([eventsOf(lineOf(1), lineOf(2), lineOf(3))]), consumerPorts(), NOW + 10);
	expect(await rows("SELECT lines, skip FROM log_objects ORDER BY seq")).toEqual([
		{ lines: 1, skip: "[]" },
		{ lines: 3, skip: "[1]" },
	]);
	expect((await readLog()).map(({ id }) => id)).toEqual([idOf(2), idOf(1), idOf(3)]);
});

test("two consumers at once with the same message count it once", async () => {
	const bodies = [eventsOf(lineOf(1), lineOf(2)), { kind: "metrics", id: "flush-1", rows: [metricRow(4)] }];
	await Promise.all([1, 2, 3, 4].map(() => consumeFeedback(batchOf(bodies), consumerPorts(), NOW)));
	expect((await readLog()).map(({ id }) => id).sort()).toEqual([idOf(1), idOf(2)]);
	expect(await counted()).toEqual([{ day: TODAY, type: "view", n: 2 }]);
	expect(await rows("SELECT n FROM metric_rollups WHERE bucket = -1")).toEqual([{ n: 4 }]);
});

test.each([
	[
		"before the object is written",
		(ports: ConsumerPorts) => ({ ...ports, log: { ...ports.log, write: failingOnce(ports.log.write, "before") } }),
	],
	[
		"between the object and the transaction",
		(ports: ConsumerPorts) => ({ ...ports, counts: { ...ports.counts, record: failingOnce(ports.counts.record, "before") } }),
	],
	[
		"after the transaction",
		(ports: ConsumerPorts) => ({ ...ports, counts: { ...ports.counts, record: failingOnce(ports.counts.record, "after") } }),
	],
])("a failure %s asks for the batch again, and then each event is there once", async (_, faultyOf) => {
	const faulty = faultyOf(consumerPorts());
	const bodies = [eventsOf(lineOf(1)), eventsOf(lineOf(2))];
	const first = batchOf(bodies, 3);
	expect(await consumeFeedback(first, faulty, NOW)).toEqual({ stored: 0, malformed: 0, retried: 2 });
	const result = await settledOf(first);
	expect(result.explicitAcks).toEqual([]);
	expect(result.retryMessages.map(({ msgId }) => msgId)).toEqual(["message-0", "message-1"]);

	expect(await consumeFeedback(batchOf(bodies, 4), faulty, NOW + 60)).toEqual({ stored: 2, malformed: 0, retried: 0 });
	expect((await readLog()).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
	expect(await counted()).toEqual([{ day: TODAY, type: "view", n: 2 }]);
});

test("a message that is none of ours is put away and counted, and its neighbours are kept", async () => {
	const bodies = [eventsOf(lineOf(1)), { kind: "events", lines: [{ ...lineOf(2), email: "ada@example.org" }] }, "noise", 7n];
	const batch = batchOf(bodies);
	expect(await consumeFeedback(batch, consumerPorts(), NOW)).toEqual({ stored: 1, malformed: 3, retried: 0 });
	expect((await settledOf(batch)).explicitAcks).toHaveLength(4);
	expect((await readLog()).map(({ id }) => id)).toEqual([idOf(1)]);
	expect(await objectsUnder("dead/malformed/")).toHaveLength(1);
	expect(await rows("SELECT n FROM counters WHERE name = 'dead_letters'")).toEqual([{ n: 3 }]);
});

test("a batch as large as the queue delivers is stored whole, less the lines that are old", async () => {
	// Longest ids in a script of three bytes a character: about 250 KB of lines a message, 10,000 lines.
	const wide = (n: number) =>
		lineOf(n, {
			item: `${n}`.padEnd(ITEM_ID_MAX_LENGTH, "漢"),
			query: "字".repeat(QUERY_MAX_LENGTH),
			visitor: visitorOf(n % 100),
		});
	await consumeFeedback(batchOf([eventsOf(wide(1), wide(9999))]), consumerPorts(), NOW);
	const bodies = Array.from({ length: 100 }, (_, m) => eventsOf(...Array.from({ length: 100 }, (_, n) => wide(m * 100 + n))));
	expect(await consumeFeedback(batchOf(bodies), consumerPorts(), NOW)).toEqual({ stored: 100, malformed: 0, retried: 0 });
	const lines = await readLog();
	expect(lines).toHaveLength(10_000);
	expect(new Set(lines.map(({ id }) => id)).size).toBe(10_000);
	expect(lines.find(({ id }) => id === idOf(4321))).toEqual(wide(4321));
	expect(await rows("SELECT skip FROM log_objects ORDER BY seq")).toEqual([{ skip: "[]" }, { skip: "[1,9999]" }]);
	expect(await counted()).toEqual([{ day: TODAY, type: "view", n: 10_000 }]);
	// A hundred visitors, none of them with a product of the catalogue.
	expect(await rows("SELECT DISTINCT kind FROM crowd_counts ORDER BY kind")).toEqual([
		{ kind: "device" },
		{ kind: "region" },
		{ kind: "type" },
	]);
}, 30_000);

test("metric rows add up by minute, surface, rung and bucket, each message once", async () => {
	const messages = [
		{ kind: "metrics", id: "flush-1", rows: [metricRow(2)] },
		{ kind: "metrics", id: "flush-2", rows: [metricRow(3)] },
	];
	await consumeFeedback(batchOf(messages), consumerPorts(), NOW);
	await consumeFeedback(batchOf(messages, 2), consumerPorts(), NOW);
	expect(await rows("SELECT minute, surface, source, bucket, n FROM metric_rollups ORDER BY bucket")).toEqual([
		{ minute: 29_919_480, surface: "home", source: "personal", bucket: -1, n: 5 },
		{ minute: 29_919_480, surface: "home", source: "personal", bucket: 1, n: 5 },
	]);
	expect(await objectsUnder("events/")).toEqual([]);
});

function metricRow(requests: number) {
	return { minute: 29_919_480, surface: "home", source: "personal", requests, latency: [0, requests, 0, 0, 0, 0, 0, 0, 0, 0] };
}
