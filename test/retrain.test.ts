import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LEASE_SECONDS, type Run } from "../src/contract/run.ts";
import { RUN_PAUSE_SECONDS } from "../src/retrain/policy.ts";
import { type RetrainTickPorts, retrainTick } from "../src/retrain/tick.ts";
import { createRetrainSignals } from "../src/store/retrain-signals.ts";
import { createRunRegistry } from "../src/store/run-registry.ts";
import { adminApp, migrate, NOW } from "./admin-fixtures.ts";
import { activated, ready } from "./release-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const DAY = 86_400;
const ask = adminApp();

/** A log object with so many lines, some of which an earlier object holds. */
const logObject = (key: string, lines: number, skip: readonly number[], receivedAt: number) =>
	env.DB.prepare("INSERT INTO log_objects (key, keyId, lines, skip, receivedAt) VALUES (?1, 'k1', ?2, ?3, ?4)")
		.bind(key, lines, JSON.stringify(skip), receivedAt)
		.run();

const categoryCount = (day: string, category: string, n: number) =>
	env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES (?1, 'category', ?2, ?3)").bind(day, category, n).run();

const ports = (more: Partial<RetrainTickPorts> = {}): RetrainTickPorts => ({
	runs: createRunRegistry(env.DB),
	signals: createRetrainSignals(env.DB),
	policy: { minEvents: 100, maxAgeSeconds: 7 * DAY },
	callProvider: null,
	...more,
});
const runs = () => createRunRegistry(env.DB).list();

test("reads an empty shop", async () => {
	expect(await createRetrainSignals(env.DB).read(NOW)).toEqual({
		activeCreatedAt: null,
		newEvents: 0,
		lastRunOpenedAt: null,
		recent: {},
		trained: {},
	});
});

test("counts events after the active release's last training event, each id once", async () => {
	// Trained up to NOW - 86,400.
	await activated(ask, await ready(ask, "a"));
	await logObject("old", 500, [], NOW - DAY);
	await logObject("new", 40, [0, 5, 39], NOW - DAY + 1);
	await logObject("newer", 7, [], NOW);
	expect(await createRetrainSignals(env.DB).read(NOW)).toMatchObject({ activeCreatedAt: NOW, newEvents: 44 });
});

test("a release that saw no dated event has all of the log before it", async () => {
	await activated(ask, await ready(ask, "a", { trainedOn: { lastEventAt: null } }));
	await logObject("old", 500, [], 5);
	expect(await createRetrainSignals(env.DB).read(NOW)).toMatchObject({ newEvents: 500, trained: {} });
});

test("sets the categories of the last days against those before training ended", async () => {
	await activated(ask, await ready(ask, "a", { trainedOn: { lastEventAt: NOW - 2 * DAY } }));
	await categoryCount("2026-11-20", "makeup", 50);
	await categoryCount("2026-11-19", "makeup", 70);
	await categoryCount("2026-11-19", "hair", 60);
	await env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES ('2026-11-19', 'item', 'makeup', 900)").run();
	// Training ended on this day: it is not recent, though it is less than three days ago.
	await categoryCount("2026-11-18", "makeup", 100);
	await categoryCount("2026-11-05", "hair", 200);
	await categoryCount("2026-11-04", "hair", 7777);
	expect(await createRetrainSignals(env.DB).read(NOW)).toMatchObject({
		recent: { makeup: 120, hair: 60 },
		trained: { makeup: 100, hair: 200 },
	});
});

test("enough events open one run, and no other while it lasts or soon after", async () => {
	await logObject("log", 99, [], NOW);
	expect(await retrainTick(ports(), NOW)).toEqual({ opened: null, called: false });
	await logObject("more", 1, [], NOW);
	expect(await retrainTick(ports(), NOW)).toEqual({ opened: "events", called: false });
	expect(await retrainTick(ports(), NOW + 600)).toEqual({ opened: null, called: false });
	expect(await runs()).toMatchObject([{ state: "open", reason: "events", openedAt: NOW }]);

	const claim = await createRunRegistry(env.DB).claim({ worker: "w" }, NOW + 700);
	await createRunRegistry(env.DB).finish(
		claim?.run.id ?? "",
		{ lease: claim?.lease ?? "", release: "20261120T100000Z-0123456789", gate: null },
		NOW + 800,
	);
	expect(await retrainTick(ports(), NOW + RUN_PAUSE_SECONDS - 1)).toMatchObject({ opened: null });
	// What it made was never activated, so the events are still new.
	expect(await retrainTick(ports(), NOW + RUN_PAUSE_SECONDS)).toMatchObject({ opened: "events" });
});

test("two ticks at once open one run", async () => {
	await logObject("log", 100, [], NOW);
	await Promise.all([retrainTick(ports(), NOW), retrainTick(ports(), NOW), retrainTick(ports(), NOW)]);
	expect(await runs()).toHaveLength(1);
});

test("a provider is asked until it says yes, and again when the run was lost", async () => {
	await logObject("log", 100, [], NOW);
	const asked: Run[] = [];
	let willing = false;
	const withProvider = ports({
		callProvider: async (run) => {
			asked.push(run);
			return willing;
		},
	});
	expect(await retrainTick(withProvider, NOW)).toEqual({ opened: "events", called: false });
	willing = true;
	expect(await retrainTick(withProvider, NOW + 600)).toEqual({ opened: null, called: true });
	expect(await retrainTick(withProvider, NOW + 1200)).toEqual({ opened: null, called: false });
	expect(asked).toHaveLength(2);

	await createRunRegistry(env.DB).claim({ worker: "w" }, NOW + 1300);
	await retrainTick(withProvider, NOW + 1310);
	expect(asked).toHaveLength(2);
	expect(await retrainTick(withProvider, NOW + 1300 + LEASE_SECONDS)).toEqual({ opened: null, called: true });
	expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
});
