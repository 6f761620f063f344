import { env } from "cloudflare:workers";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { VisitorKey } from "../src/contract/context.ts";
import { CROWD_MIN_VISITORS } from "../src/contract/crowd.ts";
import type { QueueMessage } from "../src/contract/event.ts";
import { SuggestResponse } from "../src/contract/search.ts";
import { createEventIntake } from "../src/feedback/accept.ts";
import { consumeFeedback } from "../src/feedback/consume.ts";
import { createMessageQueue } from "../src/store/feedback-queue.ts";
import { createInbox } from "../src/store/inbox.ts";
import { QUERIES_MAX, refreshPopularQueries } from "../src/store/popular-queries.ts";
import { COUNTS_RETENTION_DAYS, expire } from "../src/store/retention.ts";
import { sha256 } from "./admin-fixtures.ts";
import {
	batchOf,
	consumerPorts,
	DAY,
	idOf,
	KEYS,
	migrate,
	NOW,
	PLAIN_INTAKE,
	reset,
	rows,
	TODAY,
	visitorOf,
	WITNESS,
} from "./feedback-fixtures.ts";
import { createShop, list, product, publishTiny } from "./surface-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const VOCABULARY = new Set(["red", "polish", "shoes", "口红"]);

/** The door, the queue and the consumer. */
function openDoor() {
	const taken: QueueMessage[] = [];
	const sendBatch = async (requests: Iterable<MessageSendRequest>) => {
		taken.push(...Array.from(requests, ({ body }) => body as QueueMessage));
		return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
	};
	const intake = createEventIntake({
		...PLAIN_INTAKE,
		queue: createMessageQueue({ sendBatch }),
		inbox: createInbox(env.LOG, KEYS),
		knownWordsOf: (text) => (VOCABULARY.has(text) ? text : null),
		orderKeyOf: sha256,
	});
	let events = 0;
	/** One visitor's search on one day. */
	async function search(visitor: number, query: string, now = NOW, more: object = {}) {
		const event = { id: idOf(++events), type: "search", query, at: now, ...more };
		const witness = { ...WITNESS, visitor: visitorOf(visitor) as VisitorKey };
		expect(await intake.accept([event], witness, true, now)).toMatchObject({ accepted: 1 });
	}
	async function settle() {
		await consumeFeedback(batchOf(taken.splice(0)), consumerPorts(), NOW);
		await refreshPopularQueries(env.DB, NOW);
	}
	return { search, settle };
}

const counted = () =>
	rows<{ day: string; name: string; n: number }>("SELECT day, name, n FROM crowd_counts WHERE kind = 'query' ORDER BY name");
const published = async () =>
	(await rows<{ items: string }>("SELECT items FROM hot_lists WHERE name = 'queries'")).map(({ items }) => JSON.parse(items));
/** All that is stored outside the encrypted log. */
async function everything(): Promise<string> {
	const tables = await rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
	const parts = await Promise.all(tables.filter(({ name }) => name !== "products").map(({ name }) => rows(`SELECT * FROM "${name}"`)));
	return JSON.stringify(parts);
}

async function openShop() {
	await publishTiny();
	await list([
		product("a", { title: "Red polish", category: "nail" }),
		product("b", { title: "Red polish remover", category: "care" }),
		product("c", { title: "Red shoes", category: "shoes" }),
		product("d", { title: "Reddish cap", category: "caps" }),
	]);
	const shop = createShop();
	await shop.warm();
	return {
		async suggest(query: string, limit = 10) {
			shop.advance(30);
			await shop.answer("POST", "/v1/recommendations", {});
			return v.parse(SuggestResponse, await shop.answer("POST", "/v1/suggest", { query, limit }));
		},
	};
}

test("a query of 49 visitors is nowhere; of 50 it is suggested, before the catalogue's own completions", async () => {
	const { search, settle } = openDoor();
	const { suggest } = await openShop();
	const before = await suggest("re");
	expect(before.queries.every(({ popular }) => !popular)).toBe(true);
	for (let visitor = 1; visitor < CROWD_MIN_VISITORS; visitor++) await search(visitor, "Red POLISH");
	// One of them insists, in further events: still one visitor.
	for (let again = 0; again < 10; again++) await search(1, "red polish");
	await settle();
	expect([await counted(), await published()]).toEqual([[], []]);
	expect(await everything()).not.toContain("red polish");
	expect(await suggest("re")).toEqual(before);

	await search(CROWD_MIN_VISITORS, "red  polish!");
	await settle();
	expect(await counted()).toEqual([{ day: TODAY, name: "red polish", n: CROWD_MIN_VISITORS }]);
	expect(await published()).toEqual([["red polish"]]);
	const after = await suggest("re");
	expect(after.queries[0]).toEqual({ query: "red polish", products: 2, popular: true });
	expect(after.queries.slice(1)).toEqual(before.queries.filter(({ query }) => query !== "red polish"));
	expect(after.items.slice(0, 2).map(({ id }) => id)).toEqual(["a", "b"]);
	expect(after.categories.map(({ category }) => category)).toEqual(["care", "nail"]);
	for (const typed of ["RED", "red ", "red pol", "Réd polish"]) expect((await suggest(typed)).queries[0]?.query).toBe("red polish");
	for (const typed of ["polish", "redd", "shoes"]) expect((await suggest(typed)).queries.some(({ popular }) => popular)).toBe(false);
	expect((await suggest("re", 1)).queries).toHaveLength(1);
});

test("words that are not the catalogue's make a query nobody else's, and a crowd must be one of a single day", async () => {
	const { search, settle } = openDoor();
	const half = CROWD_MIN_VISITORS / 2;
	for (let visitor = 0; visitor < CROWD_MIN_VISITORS; visitor++) {
		await search(visitor, "red shoes for anna miller");
		await search(visitor, "anna");
		await search(visitor, `${"red ".repeat(20)}`);
		await search(visitor, "red", NOW, { type: "view", item: "a" });
		await search(visitor, "shoes", visitor < half ? NOW : NOW - DAY);
		await search(visitor, "口红");
	}
	await settle();
	expect((await counted()).map(({ name }) => name)).toEqual(["口红"]);
	expect(await published()).toEqual([["口红"]]);
});

test("the list goes by the latest days, holds no more than it may, forgets, and a query without products is not offered", async () => {
	const count = (name: string, n: number, age = 0) =>
		env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES (?1, 'query', ?2, ?3)")
			.bind(new Date((NOW - age * DAY) * 1000).toISOString().slice(0, 10), name, n)
			.run();
	await count("red shoes", 60);
	await count("red hat", 500);
	await count("red polish", 100, 6); // a quarter after two half-lives: 25
	await count("reddish cap", 900, 20); // beyond the window
	await count("red", 10_000, COUNTS_RETENTION_DAYS + 1);
	await refreshPopularQueries(env.DB, NOW);
	expect(await published()).toEqual([["red hat", "red shoes", "red polish"]]);
	const { suggest } = await openShop();
	const offered = (await suggest("red")).queries.filter(({ popular }) => popular);
	expect(offered.map(({ query }) => query)).toEqual(["red shoes", "red polish"]);
	await expire(env.DB, env.LOG, 30, NOW);
	expect((await counted()).map(({ name }) => name)).not.toContain("red");
	await refreshPopularQueries(env.DB, NOW + 15 * DAY);
	expect(await published()).toEqual([]);
	await env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) SELECT ?1, 'query', 'q' || value, 50 FROM json_each(?2)")
		.bind(TODAY, JSON.stringify(Array.from({ length: QUERIES_MAX + 5 }, (_, n) => n)))
		.run();
	await refreshPopularQueries(env.DB, NOW);
	expect((await published())[0]).toHaveLength(QUERIES_MAX);
});

test("a release's activation leaves what is searched for as it is", async () => {
	await env.DB.prepare("INSERT INTO crowd_counts (day, kind, name, n) VALUES (?1, 'query', 'red', 50)").bind(TODAY).run();
	await refreshPopularQueries(env.DB, NOW);
	await publishTiny();
	expect(await published()).toEqual([["red"]]);
});
