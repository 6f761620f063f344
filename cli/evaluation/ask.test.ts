import { afterEach, expect, test } from "vitest";
import { type Received, type Reply, type StandIn, startStandIn } from "../../test/unit/stand-in-server.ts";
import { createClient } from "../client.ts";
import { askAll, figuresOf } from "./ask.ts";
import type { HeldOut } from "./held-out.ts";

let server: StandIn;
afterEach(() => server.stop());

/** Recommends x and then the item before: a case whose target is its own last item has rank 2. */
function recommend({ body }: Received): Reply {
	const { history } = JSON.parse(body) as { history: { item: string }[] };
	const last = history.at(-1)?.item ?? "";
	if (last === "broken") return [500, { error: { code: "internal", message: "Something went wrong here.", requestId: "r" } }];
	const items = ["x", last].map((id) => ({ id, score: 1 }));
	return [200, { recommendationId: null, release: "r-1", source: last === "cold" ? "popular" : "personal", ignored: 0, items }];
}

const CASES: readonly HeldOut[] = [
	{ history: [{ item: "a" }], target: "x" },
	{ history: [{ item: "b" }], target: "b" },
	{ history: [{ item: "cold" }], target: "y" },
	{ history: [{ item: "broken" }], target: "x" },
];

test("counts every case: a failed request is a miss", async () => {
	server = await startStandIn(recommend);
	const client = createClient(server.url, { token: null, retryDelaysMs: [] });
	const answers = await askAll(client, CASES, { keepsSeen: false, concurrency: 2, parts: null, onProgress: () => {} });
	expect(answers.ranks).toEqual([1, 2, null, null]);
	expect(answers).toMatchObject({ failed: 1, firstFailure: "POST /v1/recommendations: Something went wrong here. (internal, request r)" });
	expect(answers.milliseconds).toHaveLength(3);
	// Recommended were x, a, b and cold; the data is said to have 8 items.
	expect(figuresOf(answers, 8)).toMatchObject({
		"recall@10": 0.5,
		"mrr@20": 0.375,
		"coverage@10": 0.5,
		"source.personal": 2 / 3,
		"source.popular": 1 / 3,
		users: 4,
		failed: 1,
	});
});

test("asks for lists of 50, seen items out unless kept, and for parts by their own route", async () => {
	server = await startStandIn(recommend);
	const client = createClient(server.url, { token: "t", retryDelaysMs: [] });
	const options = { concurrency: 1, onProgress: () => {} };
	await askAll(client, CASES.slice(0, 1), { ...options, keepsSeen: false, parts: null });
	await askAll(client, CASES.slice(0, 1), { ...options, keepsSeen: true, parts: ["encoder"] });
	expect(server.received.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
		["/v1/recommendations", { history: [{ item: "a" }], limit: 50 }],
		["/admin/evaluate", { history: [{ item: "a" }], limit: 50, excludeSeen: false, parts: ["encoder"] }],
	]);
});

test("ends when the server is gone, in place of counting misses", async () => {
	server = await startStandIn(recommend);
	const client = createClient(server.url, { token: null, retryDelaysMs: [] });
	const cases = Array.from({ length: 500 }, () => CASES[3] as HeldOut);
	const asking = askAll(client, cases, { keepsSeen: false, concurrency: 1, parts: null, onProgress: () => {} });
	await expect(asking).rejects.toThrow("100 requests in a row failed");
	expect(server.received).toHaveLength(100);
});
