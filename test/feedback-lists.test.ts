import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CrowdKind } from "../src/contract/crowd.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { HOT_LIST_MAX_ITEMS, refreshHotLists } from "../src/store/hot-lists.ts";
import { expire } from "../src/store/retention.ts";
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
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

type Listing = { id: string; category?: string | null; deleted?: boolean };

const listProducts = (products: readonly Listing[]) =>
	env.DB.batch(
		products.map(({ id, category = null, deleted = false }) =>
			env.DB.prepare("INSERT INTO products (id, body, deleted, version, updatedAt) VALUES (?, ?, ?, 1, 0)").bind(
				id,
				JSON.stringify({ id, category }),
				deleted ? 1 : 0,
			),
		),
	);
/** Counts as the consumer enters them: visitors of a day, never fewer than a crowd. */
const countItems = (counts: readonly (readonly [item: string, kind: CrowdKind, n: number, day?: string])[]) =>
	env.DB.batch(
		counts.map(([item, kind, n, day = TODAY]) =>
			env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES (?, ?, ?, ?)").bind(day, kind, item, n),
		),
	);
const hotLists = async () =>
	Object.fromEntries(
		(await rows<{ name: string; items: string }>("SELECT name, items FROM hot_lists")).map(({ name, items }) => [name, JSON.parse(items)]),
	);

test("a visitor who buys weighs four who look, a cart two; what was taken back does not weigh", async () => {
	await listProducts(["bought", "viewed", "carted", "returned", "same"].map((id) => ({ id })));
	await countItems([
		["viewed", "item", 300],
		["bought", "item", 60],
		["bought", "item.purchase", 60],
		["carted", "item", 100],
		["carted", "item.cart", 50],
		["carted", "item.view", 90],
		["returned", "item", 60],
		["returned", "item.purchase", 60],
		["returned", "item.refund", 60],
		["same", "item", 150],
	]);
	await refreshHotLists(env.DB, NOW);
	// 300, 240, 150 and 150 (ties by id), 0.
	expect(await hotLists()).toEqual({ popular: ["viewed", "bought", "carted", "same"] });
});

test("three days make a count half as heavy, and after two weeks it is none", async () => {
	await listProducts([{ id: "now" }, { id: "then" }, { id: "long-ago" }]);
	await countItems([
		["now", "item", 300],
		["then", "item", 500, "2026-11-17"],
		["long-ago", "item", 100_000, "2026-11-06"],
	]);
	await refreshHotLists(env.DB, NOW);
	expect(await hotLists()).toEqual({ popular: ["now", "then"] });
});

test("lists each category, products of the catalogue only, and keeps a list of which the counts say nothing", async () => {
	await listProducts([
		{ id: "a", category: "lips" },
		{ id: "b", category: "lips" },
		{ id: "c", category: "指甲" },
		{ id: "d" },
		{ id: "gone", category: "lips", deleted: true },
	]);
	await countItems([
		["a", "item", 100],
		["b", "item", 200],
		["c", "item", 300],
		["d", "item", 400],
		["gone", "item", 900],
		["never-listed", "item", 900],
	]);
	await refreshHotLists(env.DB, NOW);
	expect(await hotLists()).toEqual({ popular: ["d", "c", "b", "a"], "popular:lips": ["b", "a"], "popular:指甲": ["c"] });
	await env.DB.prepare("UPDATE hot_lists SET items = '[\"d\"]'").run();
	await refreshHotLists(env.DB, NOW + 20 * DAY);
	expect(await hotLists()).toEqual({ popular: ["d"], "popular:lips": ["d"], "popular:指甲": ["d"] });
});

test("a list has at most two hundred items", async () => {
	const ids = Array.from({ length: HOT_LIST_MAX_ITEMS + 1 }, (_, n) => `item-${String(n).padStart(3, "0")}`);
	await listProducts(ids.map((id) => ({ id, category: "all" })));
	await countItems(ids.map((id) => [id, "item", 50] as const));
	await refreshHotLists(env.DB, NOW);
	expect(await hotLists()).toEqual({ popular: ids.slice(0, -1), "popular:all": ids.slice(0, -1) });
});

test("forgets an event id after 7 days, its line after the log's time, and not before", async () => {
	await countItems([["a", "item", 50]]);
	await consumeFeedback(batchOf([eventsOf(lineOf(1))]), consumerPorts(), NOW);
	const ids = () => rows<{ id: string }>("SELECT id FROM event_ids");
	await expire(env.DB, env.LOG, 30, NOW + 7 * DAY);
	expect(await ids()).toEqual([{ id: idOf(1) }]);
	await expire(env.DB, env.LOG, 30, NOW + 7 * DAY + 1);
	expect(await ids()).toEqual([]);
	await expire(env.DB, env.LOG, 30, NOW + 30 * DAY);
	expect(await readLog()).toEqual([lineOf(1)]);
	expect(await rows("SELECT name FROM crowd_counts")).toHaveLength(1);
	await expire(env.DB, env.LOG, 30, NOW + 31 * DAY);
	expect(await readLog()).toEqual([]);
	expect(await objectsUnder("")).toEqual([]);
	expect(await rows("SELECT name FROM crowd_counts")).toEqual([]);
	// The totals by day stay: they speak of nobody.
	expect(await rows("SELECT n FROM event_counts")).toEqual([{ n: 1 }]);
});

test("retention spares what is younger, in the log and on the shelves, and finds objects that were never entered", async () => {
	const { log, malformed } = consumerPorts();
	await log.write([lineOf(1, { receivedAt: NOW - 31 * DAY })]);
	const young = await log.write([lineOf(2)]);
	await malformed.put([], NOW - 31 * DAY);
	await malformed.put([], NOW);
	await env.LOG.put("releases/of-another-kind", "stays");
	await expire(env.DB, env.LOG, 30, NOW);
	expect(await objectsUnder("")).toEqual([
		expect.stringMatching(new RegExp(`^dead/malformed/${NOW}-`)),
		young.key,
		"releases/of-another-kind",
	]);
});
