import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RequestFailure } from "../src/contract/errors.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { createLogReader, PAGE_BYTES, PAGE_MAX_OBJECTS } from "../src/store/log-reader.ts";
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
	readLog,
	reset,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const ROTATED = { current: "k2", keys: { ...KEYS.keys, k2: keyOf(2) } };
const reader = (keys = KEYS) => createLogReader(env.DB, env.LOG, keys);
const store = (keys: typeof KEYS, ...numbers: number[]) =>
	consumeFeedback(batchOf([eventsOf(...numbers.map((n) => lineOf(n)))]), consumerPorts(keys), NOW);
const failureOf = (page: Promise<unknown>) =>
	page.then(
		() => null,
		(thrown: RequestFailure) => thrown.failure,
	);

test("an empty log is an empty page", async () => {
	expect(await reader().page(null)).toEqual({ lines: [], cursor: null });
});

test("objects of before and after a change of keys are read together", async () => {
	await store(KEYS, 1);
	await store(ROTATED, 2);
	expect((await readLog(ROTATED)).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
});

test("names the key that is missing, the object, and the cursor after it", async () => {
	await store(KEYS, 1);
	await store(ROTATED, 2);
	const [key] = await objectsUnder("events/");
	const onlyNew = { current: "k2", keys: { k2: keyOf(2) } };
	const failure = await failureOf(reader(onlyNew).page(null));
	expect(failure).toMatchObject({
		kind: "log_unreadable",
		message: 'is encrypted under the key "k1", which LOG_KEYS does not hold; cursor=1 goes on after it',
	});
	expect(await objectsUnder("events/")).toContain((failure as unknown as { object: string }).object);
	expect(key).toBeDefined();
	expect((await reader(onlyNew).page("1")).lines.map(({ id }) => id)).toEqual([idOf(2)]);
});

test("a missing or altered object is an error that names it, never skipped", async () => {
	await store(KEYS, 1);
	const [key] = (await objectsUnder("events/")) as [string];
	const bytes = new Uint8Array(await (await env.LOG.get(key))!.arrayBuffer());
	bytes[bytes.length - 1]! ^= 1;
	await env.LOG.put(key, bytes);
	expect(await failureOf(reader().page(null))).toMatchObject({
		kind: "log_unreadable",
		object: key,
		message: expect.stringContaining("was altered"),
	});
	await env.LOG.delete(key);
	expect(await failureOf(reader().page(null))).toMatchObject({
		kind: "log_unreadable",
		object: key,
		message: expect.stringContaining("is missing"),
	});
});

test("pages through many small objects", async () => {
	const numbers = Array.from({ length: PAGE_MAX_OBJECTS + 3 }, (_, n) => n);
	for (const n of numbers) await store(KEYS, n);
	const first = await reader().page(null);
	expect([first.lines.length, first.cursor]).toEqual([PAGE_MAX_OBJECTS, String(PAGE_MAX_OBJECTS)]);
	expect((await readLog()).map(({ id }) => id)).toEqual(numbers.map(idOf));
});

test("cuts a large object into pages, each line on one of them, less those of other objects", async () => {
	const wide = (n: number) => lineOf(n, { item: `${n}`.padEnd(128, "x"), recommendationId: "r".repeat(512) });
	const count = 3000;
	await store(KEYS, 7, 2999);
	await consumeFeedback(batchOf([eventsOf(...Array.from({ length: count }, (_, n) => wide(n)))]), consumerPorts(), NOW);
	const first = await reader().page(null);
	expect(JSON.stringify(first.lines).length).toBeLessThan(PAGE_BYTES * 1.01);
	expect(first.cursor).toMatch(/^2\.\d+$/);
	const lines = await readLog();
	expect(lines).toHaveLength(count);
	expect(new Set(lines.map(({ id }) => id)).size).toBe(count);
	expect(lines.filter(({ recommendationId }) => recommendationId === null).map(({ id }) => id)).toEqual([idOf(7), idOf(2999)]);
});

test("a cursor that is none of ours is refused", async () => {
	expect(await failureOf(reader().page("1; DROP TABLE"))).toMatchObject({ kind: "invalid_field", path: "cursor" });
});
