import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Received, type Reply, type StandIn, startStandIn } from "../../test/unit/stand-in-server.ts";
import { createClient } from "../client.ts";
import { checkpointFor } from "./checkpoint.ts";
import { type BadRow, CHUNK_MAX_BYTES, CHUNK_MAX_PRODUCTS } from "./chunk.ts";
import { importFeed } from "./import-feed.ts";
import { mappingOf } from "./mapping.ts";

const ROWS = 2 * CHUNK_MAX_PRODUCTS + 10;

let folder: string;
let feed: string;
let server: StandIn;
let answer: (received: Received) => Reply;

const idsOf = ({ body }: Received): string[] =>
	body
		.split("\n")
		.filter(Boolean)
		.map((line) => (JSON.parse(line) as { id: string }).id);
const takeAll = (received: Received): Reply => [200, { upserted: idsOf(received).length, unchanged: 0, rejected: [], version: 1 }];

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "edgeshelf-import-"));
	feed = join(folder, "feed.ndjson");
	writeFileSync(feed, Array.from({ length: ROWS }, (_, i) => `${JSON.stringify({ id: `p${i}`, title: `Product ${i}` })}\n`).join(""));
	answer = takeAll;
	server = await startStandIn((received) => answer(received));
});
afterEach(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

function run(address = server.url) {
	const client = createClient(address, { token: null, retryDelaysMs: [] });
	const bad: BadRow[] = [];
	const checkpoint = checkpointFor(join(folder, "cache"), feed, client.address, "");
	const onBadRows = (rows: readonly BadRow[]) => bad.push(...rows);
	const outcome = importFeed({ path: feed, client, mapping: mappingOf([]), priceUnit: null, checkpoint, onBadRows, onProgress: () => {} });
	return { outcome, bad, checkpoint };
}

test("sends every row once, in the file's order, in bounded requests", async () => {
	const { totals } = await run().outcome;
	expect(totals).toMatchObject({ rows: ROWS, upserted: ROWS, bad: 0 });
	expect(server.received.map((each) => idsOf(each).length)).toEqual([CHUNK_MAX_PRODUCTS, CHUNK_MAX_PRODUCTS, 10]);
	expect(server.received.flatMap(idsOf)).toEqual(Array.from({ length: ROWS }, (_, i) => `p${i}`));
});

test("goes on after the last confirmed request when it was cut", async () => {
	answer = (received) => (server.received.length === 1 ? takeAll(received) : "cut");
	await expect(run().outcome).rejects.toThrow("cannot be reached");
	const confirmed = idsOf(server.received[0] as Received);

	server.received.length = 0;
	answer = takeAll;
	const second = run();
	const { totals } = await second.outcome;
	expect([...confirmed, ...server.received.flatMap(idsOf)]).toEqual(Array.from({ length: ROWS }, (_, i) => `p${i}`));
	expect(totals).toMatchObject({ rows: ROWS, upserted: ROWS });
	expect(second.checkpoint.read()).toBeNull();
});

test("begins again when the file has changed since the cut", async () => {
	answer = (received) => (server.received.length === 1 ? takeAll(received) : "cut");
	await expect(run().outcome).rejects.toThrow();
	appendFileSync(feed, '{"id":"new","title":"New"}\n');
	server.received.length = 0;
	answer = takeAll;
	await run().outcome;
	expect(server.received.flatMap(idsOf)).toHaveLength(ROWS + 1);
});

test("reports rows that the server refuses by their line in the file", async () => {
	writeFileSync(feed, '{"id":"a"}\n{"id":"b","title":"B"}\n\n{"id":"c","title":"C"}\n');
	answer = () => [200, { upserted: 1, unchanged: 0, rejected: [{ line: 2, id: "c", path: "title", message: "is odd" }], version: 1 }];
	const { outcome, bad } = run();
	expect((await outcome).totals).toMatchObject({ rows: 3, upserted: 1, bad: 2 });
	expect(bad).toEqual([
		{ line: 1, id: "a", field: "title", message: "must not be empty" },
		{ line: 4, id: "c", field: "title", message: "is odd" },
	]);
});

test("keeps a request below the server's limit when products are long", async () => {
	const description = "x".repeat(19_000);
	writeFileSync(feed, Array.from({ length: 300 }, (_, i) => `${JSON.stringify({ id: `p${i}`, title: "T", description })}\n`).join(""));
	await run().outcome;
	expect(server.received.length).toBe(2);
	for (const { body } of server.received) expect(body.length).toBeLessThanOrEqual(CHUNK_MAX_BYTES);
});

test("a CSV without a column for the titles is refused before anything is sent", async () => {
	feed = join(folder, "feed.csv");
	writeFileSync(feed, "sku,headline\n1,A\n");
	await expect(run().outcome).rejects.toThrow("--map title=COLUMN names one of sku, headline");
	expect(server.received).toEqual([]);
});
