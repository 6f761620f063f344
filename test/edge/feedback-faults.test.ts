import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { D1Database, R2Bucket } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestHarness, unstable_readConfig as readConfig } from "wrangler";
import type { LogLine } from "../../src/contract/event.ts";
import type { LogPage } from "../../src/feedback/ports.ts";
import { FAILS_EVERY, type FaultReport } from "./fault-report.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CONFIG = resolve(import.meta.dirname, "faulty.wrangler.toml");
const TOKEN = "reader";
const REQUESTS = 40;
const EVENTS_PER_REQUEST = 50;
const ITEMS = 7;
const TYPES = ["view", "click", "cart", "purchase"] as const;

const server = createTestHarness({
	root: ROOT,
	workers: [
		{
			configPath: CONFIG,
			secrets: {
				SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
				LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
				ADMIN_TOKENS: JSON.stringify([{ name: "test", sha256: createHash("sha256").update(TOKEN).digest("hex"), scopes: ["read"] }]),
			},
		},
	],
});
const worker = server.getWorker<{ DB: D1Database; LOG: R2Bucket }>();

beforeAll(async () => {
	await server.listen();
	await worker.applyD1Migrations("DB");
	const { DB } = await worker.getEnv();
	const ids = JSON.stringify(Array.from({ length: ITEMS }, (_, n) => `item-${n}`));
	await DB.prepare("INSERT INTO products (id, body, version, updatedAt) SELECT value, '{}', 1, 1 FROM json_each(?1)").bind(ids).run();
});
afterAll(() => server.close());

const idOf = (n: number) => `fault-event-${String(n).padStart(8, "0")}`;
const typeOf = (n: number) => TYPES[n % TYPES.length] as (typeof TYPES)[number];

/** Sends one request of events, as a client would: again, if it was not taken. */
async function post(request: number): Promise<void> {
	const at = Math.floor(Date.now() / 1000);
	const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, i) => {
		const n = request * EVENTS_PER_REQUEST + i;
		return { id: idOf(n), type: typeOf(n), item: `item-${n % ITEMS}`, at };
	});
	const body = JSON.stringify({ session: `session-${request}`, consent: true, events });
	const response = await server.fetch("/v1/events", { method: "POST", body });
	expect([response.status, await response.json()]).toEqual([202, { accepted: EVENTS_PER_REQUEST, rejected: [], withheld: 0 }]);
}

/** The whole log as a trainer reads it. */
async function readLog(): Promise<LogLine[]> {
	const lines: LogLine[] = [];
	let cursor: string | null = null;
	do {
		const query = cursor === null ? "" : `?cursor=${cursor}`;
		const response = await server.fetch(`/admin/events${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
		expect(response.status).toBe(200);
		const page = (await response.json()) as LogPage;
		lines.push(...page.lines);
		cursor = page.cursor;
	} while (cursor !== null);
	return lines;
}

test("every event answered 202 is in the log exactly once and counted once, whatever fails in between", async () => {
	for (let request = 0; request < REQUESTS; request++) await post(request);
	// A client that did not hear the answer sends again.
	for (let request = 0; request < REQUESTS; request += 10) await post(request);

	const total = REQUESTS * EVENTS_PER_REQUEST;
	const { DB, LOG } = await worker.getEnv();
	await vi.waitFor(
		async () => {
			await worker.scheduled({ cron: "* * * * *" });
			expect((await LOG.list({ prefix: "inbox/" })).objects).toEqual([]);
			const counted = await DB.prepare("SELECT count(*) AS n FROM event_ids WHERE object LIKE 'events/%'").first<number>("n");
			expect(counted).toBe(total);
		},
		{ timeout: 50_000, interval: 300 },
	);

	const lines = await readLog();
	expect(lines).toHaveLength(total);
	expect(new Set(lines.map(({ id }) => id)).size).toBe(total);
	const perItem = Array.from({ length: ITEMS }, (_, item) => Math.floor((total - 1 - item) / ITEMS) + 1);
	const found = Array.from({ length: ITEMS }, (_, n) => lines.filter(({ item }) => item === `item-${n}`).length);
	expect(found).toEqual(perItem);
	const { results } = await DB.prepare("SELECT type, sum(n) AS n FROM event_counts GROUP BY type ORDER BY type").all();
	expect(results).toEqual([...TYPES].sort().map((type) => ({ type, n: total / TYPES.length })));

	const report = (await (await server.fetch("/test/faults")).json()) as FaultReport;
	for (const { reached, failed } of Object.values(report)) expect(failed).toBe(Math.floor(reached / FAILS_EVERY));
	expect(Math.min(...Object.values(report).map(({ failed }) => failed))).toBeGreaterThan(0);
});

test("the faulty Worker has the bindings of the real one", () => {
	const bindingsOf = (path: string) => {
		const {
			kv_namespaces,
			d1_databases,
			r2_buckets,
			queues,
			ratelimits,
			rules,
			define,
			compatibility_date,
			compatibility_flags,
			triggers,
			vars,
		} = readConfig({ config: path });
		return {
			...{ kv_namespaces, r2_buckets, rules, define, compatibility_date, compatibility_flags, triggers },
			databases: d1_databases.map(({ binding }: { binding: string }) => binding),
			producers: queues.producers,
			consumers: queues.consumers?.map(({ queue, dead_letter_queue }: { queue: string; dead_letter_queue?: string }) => ({
				queue,
				dead_letter_queue,
			})),
			ratelimits: ratelimits.map(({ name }: { name: string }) => name),
			vars: Object.keys(vars),
		};
	};
	expect(bindingsOf(CONFIG)).toEqual(bindingsOf(resolve(ROOT, "wrangler.toml")));
});
