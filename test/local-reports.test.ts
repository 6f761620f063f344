import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { VisitorKey } from "../src/contract/context.ts";
import { REPORT_MAX_VALUES } from "../src/contract/event.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import type { LocalReporting } from "../src/feedback/ports.ts";
import * as response from "../src/privacy/randomised-response.ts";
import { createEventCounts } from "../src/store/event-counts.ts";
import { createInbox } from "../src/store/inbox.ts";
import { createReportDomain, settleReports } from "../src/store/local-reports.ts";
import {
	batchOf,
	consumerPorts,
	DAY,
	idOf,
	KEYS,
	migrate,
	NOW,
	objectsUnder,
	PLAIN_INTAKE,
	reset,
	rows,
	TODAY,
	visitorOf,
	WITNESS,
} from "./feedback-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const EPSILON = 4;
/** A category of each name with as many products as its place from the end. */
const addProducts = (categories: readonly (string | null)[]) =>
	env.DB.batch(
		categories.map((category, n) =>
			env.DB.prepare("INSERT INTO products (id, body, version, updatedAt) VALUES (?1, ?2, 1, 0)").bind(
				`item-${n}`,
				JSON.stringify({ category }),
			),
		),
	);

/** A generator with a seed, so that the same test draws the same. */
function drawsFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @param categories of `item-0`, `item-1`, …: those of the database unless given */
function setUp(draw: () => number = drawsFrom(1), categories: readonly string[] | null = null) {
	const sent: unknown[] = [];
	const counts = createEventCounts(env.DB);
	const reporting: LocalReporting = {
		domain: createReportDomain(env.DB, EPSILON, response),
		categoriesOf: async (items) =>
			categories === null
				? counts.categoriesOf(items)
				: new Map(items.map((item) => [item, categories[Number(item.slice("item-".length))] ?? null])),
		draw,
	};
	const intake = createEventIntake({
		...PLAIN_INTAKE,
		reporting,
		queue: { send: async (messages) => void sent.push(...messages) },
		inbox: createInbox(env.LOG, KEYS),
		orderKeyOf: async () => "",
	});
	return {
		sent,
		visit: (visitor: number | null, ...items: readonly string[]) =>
			intake.accept(
				items.map((item, n) => ({ id: idOf(n), type: "view", item, at: NOW })),
				{ ...WITNESS, visitor: visitor === null ? null : (visitorOf(visitor) as VisitorKey) },
				true,
				NOW,
			),
		settle: async () => {
			await consumeFeedback(batchOf(sent), consumerPorts(), NOW);
			await settleReports(env.DB, response, NOW);
		},
	};
}
const counted = () => rows<{ name: string; n: number }>("SELECT name, n FROM crowd_counts WHERE kind = 'category' ORDER BY name");

test("of a visitor's events one report leaves, without a type, an item, a session or a word", async () => {
	await addProducts(["lips", "nails", null]);
	const { sent, visit } = setUp(() => 0);
	expect(await visit(1, "item-1", "item-0")).toEqual({ accepted: 1, rejected: [], withheld: 1 });
	const [{ id }] = (await rows<{ id: string }>("SELECT id FROM report_domains")) as [{ id: string }];
	// Draws of 0 give the truth: the second of ["lips", "nails", all others].
	expect(sent).toEqual([{ kind: "report", report: { visitor: visitorOf(1), receivedAt: NOW, domain: id, values: [1] } }]);
	await visit(2, "item-2");
	await visit(3, "item-0");
	expect(sent.slice(1)).toMatchObject([{ report: { values: [2] } }, { report: { values: [0] } }]);
});

test("nothing leaves of what the catalogue does not have, or without a visitor's key", async () => {
	await addProducts(["lips"]);
	const { sent, visit } = setUp();
	expect(await visit(1, "Ada Lovelace")).toEqual({ accepted: 0, rejected: [], withheld: 1 });
	expect(await visit(null, "item-0")).toMatchObject({ accepted: 0 });
	expect(sent).toEqual([]);
	expect(await objectsUnder("")).toEqual([]);
});

test("one report a visitor and day counts, however many come and however often each is delivered", async () => {
	await addProducts(["lips", "nails"]);
	const { visit, settle } = setUp(() => 0);
	for (let again = 0; again < 5; again++) await visit(1, again % 2 === 0 ? "item-0" : "item-1");
	await settle();
	await settle();
	expect(await rows("SELECT day, place, n FROM report_counts ORDER BY place")).toEqual([
		{ day: TODAY, place: -1, n: 1 },
		{ day: TODAY, place: 0, n: 1 },
	]);
});

test("counts of reports are debiased, and told only of categories with a crowd by the estimate", async () => {
	const names = Array.from({ length: 10 }, (_, n) => `c${n}`);
	await addProducts(names);
	const { visit, settle } = setUp(drawsFrom(1), names);
	const truth = [400, 200, 0, 0, 0, 0, 0, 0, 0, 0];
	let visitor = 0;
	for (const [n, held] of truth.entries()) for (let one = 0; one < held; one++) await visit(visitor++, `item-${n}`);
	await settle();
	const told = await counted();
	expect(told.map(({ name }) => name)).toEqual(["c0", "c1"]);
	// Eleven values at epsilon 4: q = 0.0155, p - q = 0.830; the standard error of 400 of 600 is at most 11.
	expect(Math.abs((told[0]?.n ?? 0) - 400)).toBeLessThan(4 * 11);
	expect(Math.abs((told[1]?.n ?? 0) - 200)).toBeLessThan(4 * 11);
});

test("fewer than fifty reports tell nothing", async () => {
	await addProducts(["lips", "nails"]);
	const { visit, settle } = setUp(() => 0);
	for (let visitor = 0; visitor < 49; visitor++) await visit(visitor, "item-0");
	await settle();
	expect(await counted()).toEqual([]);
	await visit(49, "item-0");
	await settle();
	expect(await counted()).toMatchObject([{ name: "lips" }]);
});

test("tells the largest categories apart, the rest together, and starts a new list when the catalogue changed", async () => {
	const many = Array.from({ length: 80 }, (_, n) => `c${String(n).padStart(2, "0")}`);
	await addProducts([...many, "c79"]);
	const domain = createReportDomain(env.DB, EPSILON, response);
	const first = await domain(NOW);
	expect(first.categories).toHaveLength(REPORT_MAX_VALUES);
	expect(first.categories).toContain("c79");
	expect(first.categories.at(-1)).toBeNull();
	await env.DB.prepare("DELETE FROM products WHERE id <> 'item-0'").run();
	expect(await domain(NOW + 3599)).toBe(first);
	const second = await domain(NOW + DAY);
	expect(second.categories).toEqual(["c00", null]);
	expect(second.id).not.toBe(first.id);
});
