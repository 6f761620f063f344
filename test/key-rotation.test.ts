import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { createMalformed } from "../src/store/inbox.ts";
import { rewrapObjects } from "../src/store/key-rotation.ts";
import type { LogKeys } from "../src/store/sealed.ts";
import { createStatus } from "../src/store/status.ts";
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
	rows,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const BOTH: LogKeys = { current: "k2", keys: { ...KEYS.keys, k2: keyOf(2) } };
const NEW: LogKeys = { current: "k2", keys: { k2: keyOf(2) } };
const store = (keys: LogKeys, n: number) => consumeFeedback(batchOf([eventsOf(lineOf(n))]), consumerPorts(keys), NOW);
const ids = async (keys: LogKeys) => (await readLog(keys)).map(({ id }) => id);
const underKeys = async () => (await createStatus(env.DB)(NOW)).logObjects;

test("a master key is replaced while events come and the log is read, and the old one is needed no more", async () => {
	await store(KEYS, 1);
	await store(KEYS, 2);
	await createMalformed(env.LOG, KEYS).put([{ id: "m", attempts: 1, body: "noise" }], NOW);
	const all = [idOf(1), idOf(2), idOf(3), idOf(4)];
	// The new key is current: what comes now is under it, and all is read.
	await store(BOTH, 3);
	expect(await underKeys()).toEqual({ k1: 2, k2: 1 });
	expect(await ids(BOTH)).toEqual(all.slice(0, 3));
	await expect(ids(NEW)).rejects.toMatchObject({ failure: { kind: "log_unreadable" } });

	const [moved] = await Promise.all([rewrapObjects(env.DB, env.LOG, BOTH), store(BOTH, 4), ids(BOTH)]);
	expect(moved).toEqual({ moved: 3, unreadable: [] });
	expect(await underKeys()).toEqual({ k2: 4 });
	expect(await ids(NEW)).toEqual(all);
	const [malformed] = await createMalformed(env.LOG, NEW).list(1);
	expect(await createMalformed(env.LOG, NEW).read(malformed?.key ?? "")).toMatchObject({ ok: true, value: [{ id: "m" }] });
	for (const key of await objectsUnder("")) expect((await env.LOG.head(key))?.customMetadata).toEqual({ keyId: "k2" });
	expect(await rewrapObjects(env.DB, env.LOG, NEW)).toEqual({ moved: 0, unreadable: [] });
});

test("a run that broke off is finished by the next one", async () => {
	await store(KEYS, 1);
	const [key] = (await objectsUnder("events/")) as [string];
	await rewrapObjects(env.DB, env.LOG, BOTH);
	// As if the database had not heard of it.
	await env.DB.prepare("UPDATE log_objects SET keyId = 'k1' WHERE key = ?1").bind(key).run();
	expect(await rewrapObjects(env.DB, env.LOG, BOTH)).toEqual({ moved: 1, unreadable: [] });
	expect(await underKeys()).toEqual({ k2: 1 });
	expect(await ids(NEW)).toEqual([idOf(1)]);
});

test("an object that was deleted meanwhile stays deleted, and one that cannot be read is named and left", async () => {
	await store(KEYS, 1);
	await store({ current: "k0", keys: { k0: keyOf(9) } }, 2);
	const deleted = (await rows<{ key: string }>("SELECT key FROM log_objects WHERE keyId = 'k1'"))[0]?.key ?? "";
	const bucket = new Proxy(env.LOG, {
		get(target, name) {
			if (name !== "get") return Reflect.get(target, name).bind(target);
			return async (key: string) => {
				const object = await target.get(key);
				if (key === deleted) await target.delete(key);
				return object;
			};
		},
	});
	const { moved, unreadable } = await rewrapObjects(env.DB, bucket, BOTH);
	expect(moved).toBe(0);
	expect(unreadable).toMatchObject([{ reason: 'is encrypted under the key "k0", which LOG_KEYS does not hold' }]);
	expect(await objectsUnder("events/")).toEqual([unreadable[0]?.key]);
});
