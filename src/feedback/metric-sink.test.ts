import { expect, test } from "vitest";
import type { QueueMessage } from "../contract/event.ts";
import { bucketOf, createMetricSink, METRIC_FLUSH_SECONDS, METRIC_MAX_SURFACES } from "./metric-sink.ts";

const NOW = 1_795_168_800;

/** A sink over a queue that takes messages while it is alive. */
function sinkOver(queue = { alive: true }) {
	const sent: QueueMessage[] = [];
	const send = async (messages: readonly QueueMessage[]) => {
		if (!queue.alive) throw new Error("the queue is dead");
		sent.push(...messages);
	};
	let ids = 0;
	return {
		sink: createMetricSink(
			{ send },
			() => `flush-${++ids}`,
			(surface) => (surface === "ada-lovelace" ? "other" : surface),
		),
		sent,
		queue,
	};
}

test("counts by minute, surface and rung; a clock that did not move leaves the histogram empty", async () => {
	const { sink, sent } = sinkOver();
	sink.record({ surface: "home", source: "personal", milliseconds: 1.5 }, NOW);
	sink.record({ surface: "home", source: "personal", milliseconds: 900 }, NOW + 59);
	sink.record({ surface: "home", source: "session", milliseconds: null }, NOW + 60);
	await sink.flush(NOW + 60);
	expect(sent).toEqual([
		{
			kind: "metrics",
			id: "flush-1",
			rows: [
				{ minute: NOW / 60, surface: "home", source: "personal", requests: 2, latency: [0, 1, 0, 0, 0, 0, 0, 0, 0, 1] },
				{ minute: NOW / 60 + 1, surface: "home", source: "session", requests: 1, latency: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
			],
		},
	]);
});

test("flushes at most once in ten seconds, and not when there is nothing", async () => {
	const { sink } = sinkOver();
	expect(sink.flush(NOW)).toBeNull();
	sink.record({ surface: "home", source: "popular", milliseconds: 1 }, NOW);
	expect(sink.flush(NOW)).not.toBeNull();
	sink.record({ surface: "home", source: "popular", milliseconds: 1 }, NOW);
	expect(sink.flush(NOW + METRIC_FLUSH_SECONDS - 1)).toBeNull();
	expect(sink.flush(NOW + METRIC_FLUSH_SECONDS)).not.toBeNull();
});

test("keeps its counts while the queue is dead", async () => {
	const { sink, sent, queue } = sinkOver({ alive: false });
	sink.record({ surface: "home", source: "popular", milliseconds: 1 }, NOW);
	await sink.flush(NOW);
	queue.alive = true;
	sink.record({ surface: "home", source: "popular", milliseconds: 1 }, NOW);
	await sink.flush(NOW + METRIC_FLUSH_SECONDS);
	expect(sent.map((message) => message.kind === "metrics" && message.rows.map(({ requests }) => requests))).toEqual([[2]]);
});

test("surfaces beyond the limit are counted together", async () => {
	const { sink, sent } = sinkOver();
	for (let n = 0; n < METRIC_MAX_SURFACES + 5; n++) sink.record({ surface: `s${n}`, source: "popular", milliseconds: 1 }, NOW);
	sink.record({ surface: "s0", source: "popular", milliseconds: 1 }, NOW);
	await sink.flush(NOW);
	const [message] = sent;
	const requests = new Map(message?.kind === "metrics" ? message.rows.map((row) => [row.surface, row.requests]) : []);
	expect(requests.size).toBe(METRIC_MAX_SURFACES + 1);
	expect([requests.get("s0"), requests.get("other")]).toEqual([2, 5]);
});

test("a surface that the shop does not name is counted under another name", async () => {
	const { sink, sent } = sinkOver();
	sink.record({ surface: "ada-lovelace", source: "popular", milliseconds: 1 }, NOW);
	await sink.flush(NOW);
	expect(sent.flatMap((message) => (message.kind === "metrics" ? message.rows.map(({ surface }) => surface) : []))).toEqual(["other"]);
});

test("an edge belongs to the bucket that it closes", () => {
	expect([0, 1, 1.01, 2, 500, 500.1].map(bucketOf)).toEqual([0, 0, 1, 1, 8, 9]);
});
