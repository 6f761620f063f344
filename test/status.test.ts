import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LATENCY_EDGES_MS } from "../src/contract/event.ts";
import { adminApp, migrate, NOW } from "./admin-fixtures.ts";
import { activated, makeRelease, putFile, ready } from "./release-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const ask = adminApp();
const status = async () => (await ask("GET", "/admin/status", "read")).json();

test("tells of an empty shop without a fault", async () => {
	expect(await status()).toEqual({
		pointer: null,
		catalogue: { products: 0, deleted: 0, version: 0 },
		releases: { ready: 0, uploading: 0, refused: 0 },
		events: {},
		deadLetters: 0,
		logObjects: {},
		runs: [],
		activations: [],
		lastHour: { requests: 0, shares: {} },
		metrics: { edgesMs: [...LATENCY_EDGES_MS], hours: [] },
	});
});

test("tells what serves, what was counted and what waits", async () => {
	await ask("PUT", "/admin/catalogue", "catalogue", '{"id":"a","title":"A"}\n{"id":"b","title":"B"}');
	await ask("DELETE", "/admin/catalogue/b", "catalogue");
	const a = await ready(ask, "a");
	await activated(ask, a);
	await putFile(ask, (await makeRelease("b")).id, "items.bin", "x");
	const run = await (await ask("POST", "/admin/runs", "train", { reason: "drift" })).json<{ id: string }>();
	const minute = Math.floor(NOW / 60);
	await env.DB.batch([
		env.DB.prepare(
			`INSERT INTO event_counts (day, type, n) VALUES
			('2026-11-20', 'view', 7), ('2026-11-20', 'purchase', 2), ('2026-11-19', 'view', 5), ('2026-11-06', 'view', 99)`,
		),
		env.DB.prepare(
			`INSERT INTO crowd_counts (day, kind, name, n) VALUES
			('2026-11-20', 'type', 'view', 50), ('2026-11-19', 'type', 'view', 50), ('2026-11-06', 'type', 'view', 50)`,
		),
		env.DB.prepare("INSERT INTO counters (name, n) VALUES ('dead_letters', 3)"),
		env.DB.prepare(
			`INSERT INTO metric_rollups (minute, surface, source, bucket, n) VALUES
			(?1, 'home', 'personal', -1, 6), (?1, 'home', 'personal', 2, 6), (?1 - 59, 'cart', 'popular', -1, 2), (?1 - 60, 'home', 'static', -1, 9)`,
		).bind(minute),
	]);
	expect(await status()).toEqual({
		pointer: { active: a.id, previous: null, canary: null, canaryShare: 0, updatedAt: NOW },
		catalogue: { products: 1, deleted: 1, version: 2 },
		releases: { ready: 1, uploading: 1, refused: 0 },
		events: { "2026-11-20": { view: 7 }, "2026-11-19": { view: 5 } },
		deadLetters: 3,
		logObjects: {},
		runs: [expect.objectContaining({ id: run.id, state: "open", reason: "drift" })],
		activations: [expect.objectContaining({ release: a.id, action: "activate", by: "operator", token: "release" })],
		lastHour: { requests: 8, shares: { personal: 0.75, popular: 0.25 } },
		metrics: expect.anything(),
	});
});

test("tells the requests of a day by hour, surface and rung, with how long they took", async () => {
	const hour = Math.floor(NOW / 3600);
	const cell = (minute: number, surface: string, source: string, bucket: number, n: number) =>
		env.DB.prepare("INSERT INTO metric_rollups (minute, surface, source, bucket, n) VALUES (?1, ?2, ?3, ?4, ?5)").bind(
			minute,
			surface,
			source,
			bucket,
			n,
		);
	await env.DB.batch([
		// Two minutes of one hour are one entry.
		cell(hour * 60, "home", "personal", -1, 6),
		cell(hour * 60, "home", "personal", 0, 4),
		cell(hour * 60 + 59, "home", "personal", -1, 3),
		cell(hour * 60 + 59, "home", "personal", 9, 2),
		cell(hour * 60, "home", "popular", -1, 1),
		cell((hour - 23) * 60, "cart", "personal", -1, 5),
		cell((hour - 23) * 60 - 1, "cart", "personal", -1, 99),
	]);
	const { metrics } = await (await ask("GET", "/admin/status", "read")).json<{ metrics: unknown }>();
	const nothing = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
	expect(metrics).toEqual({
		edgesMs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
		hours: [
			{ from: (hour - 23) * 3600, surface: "cart", source: "personal", requests: 5, latency: nothing },
			{ from: hour * 3600, surface: "home", source: "personal", requests: 9, latency: [4, 0, 0, 0, 0, 0, 0, 0, 0, 2] },
			{ from: hour * 3600, surface: "home", source: "popular", requests: 1, latency: nothing },
		],
	});
});
