import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { ShopEvent } from "../../src/contract/event.ts";
import { type Received, type Reply, type StandIn, startStandIn } from "../../test/unit/stand-in-server.ts";
import { createClient } from "../client.ts";
import { readEvents } from "./read-events.ts";
import { replayEvents } from "./replay-events.ts";

type Body = { session: string; consent: boolean; events: (Record<string, unknown> & { id: string; item: string; at: number })[] };
const bodyOf = ({ body }: Received): Body => JSON.parse(body) as Body;

let server: StandIn;
afterEach(() => server.stop());

const takeAll = (received: Received): Reply => [202, { accepted: bodyOf(received).events.length, rejected: [], withheld: 0 }];

async function replay(csv: string, answer: (received: Received) => Reply) {
	const folder = mkdtempSync(join(tmpdir(), "edgeshelf-replay-"));
	const path = join(folder, "events.csv");
	writeFileSync(path, `timestamp,visitorid,event,itemid,sessionid,categoryid\n${csv}`);
	server = await startStandIn(answer);
	const client = createClient(server.url, { token: null, retryDelaysMs: [0, 0], sleep: async () => {} });
	const { events, unreadable } = await readEvents(path);
	rmSync(folder, { recursive: true });
	const job = { events, client, fileHash: "0123abcd", shift: 1000, concurrency: 4, waitFor: async () => {}, onProgress: () => {} };
	return { totals: await replayEvents(job), unreadable };
}

test("sends events that the contract takes: kinds renamed, times moved, ids from the lines", async () => {
	await replay("10,7,view,a,s1,1\n20,7,addtocart,a,s1,1\n30,7,transaction,a,s1,1\n", takeAll);
	const { session, consent, events } = bodyOf(server.received[0] as Received);
	expect({ session, consent }).toEqual({ session: "s1", consent: true });
	for (const event of events) expect(v.is(ShopEvent, event)).toBe(true);
	expect(events).toEqual([
		{ id: "replay-0123abcd-00000002", type: "view", item: "a", at: 1010 },
		{ id: "replay-0123abcd-00000003", type: "cart", item: "a", at: 1020 },
		{ id: "replay-0123abcd-00000004", type: "purchase", item: "a", at: 1030 },
	]);
});

test("keeps each session's events in order, at most 100 a request", async () => {
	const rows = Array.from({ length: 2500 }, (_, i) => `${i + 1},7,view,i${i},${i % 5 === 0 ? "long" : `s${i % 7}`},1`);
	const { totals } = await replay(`${rows.join("\n")}\n`, takeAll);
	expect(totals.accepted).toBe(2500);
	const times = new Map<string, number[]>();
	for (const { session, events } of server.received.map(bodyOf)) {
		expect(events.length).toBeLessThanOrEqual(100);
		times.set(session, [...(times.get(session) ?? []), ...events.map(({ at }) => at)]);
	}
	for (const each of times.values()) expect(each).toEqual([...each].sort((a, b) => a - b));
});

test("sends a request again after 503 with the same ids", async () => {
	const { totals } = await replay("10,7,view,a,s1,1\n", (received) => (server.received.length === 1 ? [503, {}] : takeAll(received)));
	expect(totals.accepted).toBe(1);
	expect(server.received[0]?.body).toBe(server.received[1]?.body);
});

test("counts what was rejected, by reason, and lines that are no events", async () => {
	const { totals, unreadable } = await replay("10,7,view,a,s1,1\n20,7,stare,a,s1,1\n", () => [
		202,
		{ accepted: 0, rejected: [{ index: 0, code: "invalid_field", path: "at" }], withheld: 0 },
	]);
	expect([...totals.rejected]).toEqual([["invalid_field at", 1]]);
	expect(unreadable).toEqual([{ line: 3, message: '"stare" is not a kind of event' }]);
});
