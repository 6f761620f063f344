import { LATENCY_EDGES_MS, type MetricRow } from "../contract/event.ts";
import { OTHER_SURFACE } from "../contract/recommendation.ts";
import type { MessageQueue, MetricSink } from "./ports.ts";

/** Least time between two flushes of an isolate, seconds. */
export const METRIC_FLUSH_SECONDS = 10;
/** Surfaces an isolate tells apart; clients name them, so that without a limit anyone could fill the database. */
export const METRIC_MAX_SURFACES = 32;
/** Rows one flush may carry, about 60 KB; what a dead queue leaves behind beyond it is dropped. */
export const METRIC_MAX_ROWS = 500;

type Counted = { -readonly [K in keyof MetricRow]: MetricRow[K] };

/**
 * Counts requests of this isolate by minute, surface and rung. What an isolate counted since its last flush dies with
 * it: these are figures for a console, and a write a request would cost more than they are worth.
 * @param newId         makes the id by which a flush is counted once
 * @param namedSurface  a surface as the shop names it; clients may send any text
 */
export function createMetricSink(queue: MessageQueue, newId: () => string, namedSurface: (surface: string) => string): MetricSink {
	let rows = new Map<string, Counted>();
	let flushedAt = 0;
	const surfaces = new Set<string>();

	function surfaceOf(name: string): string {
		if (surfaces.size < METRIC_MAX_SURFACES) surfaces.add(name);
		return surfaces.has(name) ? name : OTHER_SURFACE;
	}

	/** @returns null where there is no room for another row */
	function rowOf(minute: number, surface: string, source: MetricRow["source"]): Counted | null {
		const key = `${minute} ${source} ${surface}`;
		const found = rows.get(key);
		if (found !== undefined || rows.size >= METRIC_MAX_ROWS) return found ?? null;
		const made = { minute, surface, source, requests: 0, latency: new Array<number>(LATENCY_EDGES_MS.length + 1).fill(0) };
		rows.set(key, made);
		return made;
	}

	function add({ minute, surface, source, requests, latency }: MetricRow): void {
		const found = rowOf(minute, surface, source);
		if (found === null) return;
		found.requests += requests;
		found.latency = found.latency.map((n, bucket) => n + (latency[bucket] ?? 0));
	}

	async function send(taken: readonly MetricRow[]): Promise<void> {
		try {
			await queue.send([{ kind: "metrics", id: newId(), rows: [...taken] }]);
		} catch {
			for (const row of taken) add(row);
		}
	}

	return {
		record({ surface, source, milliseconds }, now) {
			const row = rowOf(Math.floor(now / 60), surfaceOf(namedSurface(surface)), source);
			if (row === null) return;
			row.requests++;
			if (milliseconds === null) return;
			const bucket = bucketOf(milliseconds);
			row.latency[bucket] = (row.latency[bucket] ?? 0) + 1;
		},
		flush(now) {
			if (rows.size === 0 || now - flushedAt < METRIC_FLUSH_SECONDS) return null;
			flushedAt = now;
			const taken = [...rows.values()];
			rows = new Map();
			return send(taken);
		},
	};
}

/** Index of the first edge that is not exceeded; the last bucket is open. */
export function bucketOf(milliseconds: number): number {
	const bucket = LATENCY_EDGES_MS.findIndex((edge) => milliseconds <= edge);
	return bucket === -1 ? LATENCY_EDGES_MS.length : bucket;
}
