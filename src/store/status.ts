import { LATENCY_EDGES_MS } from "../contract/event.ts";
import type { ActivePointer } from "../contract/release.ts";
import { REQUESTS_BUCKET } from "./metrics.ts";
import { POINTER } from "./pointer.ts";
import { utcDay } from "./utc-day.ts";

/** Days of event totals, today included. */
const EVENT_DAYS = 14;
/** Runs and activations told of. */
const LATEST = 5;

/** Hours of request figures, the one that runs now included. */
const METRIC_HOURS = 24;

/** Requests of one hour on one surface, answered by one rung. */
export type HourOfRequests = {
	/** Start of the hour, unix seconds. */
	readonly from: number;
	readonly surface: string;
	readonly source: string;
	readonly requests: number;
	/** Requests by bucket of `edgesMs`, the last open; fewer than `requests` where the clock did not move. */
	readonly latency: readonly number[];
};

/** What an operator asks first. */
export type Status = {
	readonly pointer: ActivePointer | null;
	readonly catalogue: { readonly products: number; readonly deleted: number; readonly version: number };
	readonly releases: Readonly<Record<"ready" | "uploading" | "refused", number>>;
	/** Totals by UTC day of receipt, then type, of types that a crowd sent on the day. */
	readonly events: Readonly<Record<string, Readonly<Record<string, number>>>>;
	readonly deadLetters: number;
	/** Log objects by the id of the master key that they are under. */
	readonly logObjects: Readonly<Record<string, number>>;
	readonly runs: readonly Readonly<Record<string, unknown>>[];
	readonly activations: readonly Readonly<Record<string, unknown>>[];
	/** Requests of the last hour, and what share of them each rung answered. */
	readonly lastHour: { readonly requests: number; readonly shares: Readonly<Record<string, number>> };
	/** The last 24 hours by hour, surface and rung, oldest first; hours without a request are left out. */
	readonly metrics: { readonly edgesMs: readonly number[]; readonly hours: readonly HourOfRequests[] };
};

/** Reads the status in one round trip. @returns a reader of the status at `now`, unix seconds */
export function createStatus(db: D1Database): (now: number) => Promise<Status> {
	return async function readStatus(now) {
		const [pointer, catalogue, releases, events, dead, runs, activations, rungs, objects, cells] = await db.batch<Record<string, never>>([
			db.prepare(POINTER),
			db.prepare(
				`SELECT count(*) FILTER (WHERE NOT deleted) AS products, count(*) FILTER (WHERE deleted) AS deleted,
				coalesce(max(version), 0) AS version FROM products`,
			),
			db.prepare("SELECT state, count(*) AS n FROM releases GROUP BY state"),
			db
				.prepare(`SELECT day, type, n FROM event_counts WHERE day > ?1 AND EXISTS (
					SELECT 1 FROM crowd_counts WHERE crowd_counts.day = event_counts.day AND kind = 'type' AND name = type)
				ORDER BY day DESC, type`)
				.bind(utcDay(now - EVENT_DAYS * 86_400)),
			db.prepare("SELECT n FROM counters WHERE name = 'dead_letters'"),
			db
				.prepare(
					`SELECT id, state, reason, openedAt, worker, attempts, progress, stage, finishedAt, release, message FROM runs
					ORDER BY openedAt DESC, id DESC LIMIT ?1`,
				)
				.bind(LATEST),
			db.prepare("SELECT release, action, by, token, share, run, note, at FROM activations ORDER BY seq DESC LIMIT ?1").bind(LATEST),
			db
				.prepare("SELECT source, sum(n) AS n FROM metric_rollups WHERE minute > ?1 AND bucket = ?2 GROUP BY source ORDER BY source")
				.bind(Math.floor(now / 60) - 60, REQUESTS_BUCKET),
			db.prepare("SELECT keyId, count(*) AS n FROM log_objects GROUP BY keyId ORDER BY keyId"),
			db
				.prepare(
					`SELECT minute / 60 AS hour, surface, source, bucket, sum(n) AS n FROM metric_rollups WHERE minute >= ?1
					GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
				)
				.bind((Math.floor(now / 3600) - METRIC_HOURS + 1) * 60),
		]);
		const byState = countsOf(releases, "state");
		const byRung = countsOf(rungs, "source");
		const requests = Object.values(byRung).reduce((sum, n) => sum + n, 0);
		const days = Object.groupBy((events?.results ?? []) as unknown as { day: string; type: string; n: number }[], ({ day }) => day);
		return {
			pointer: (pointer?.results[0] as unknown as ActivePointer | undefined) ?? null,
			catalogue: catalogue?.results[0] as unknown as Status["catalogue"],
			releases: { ready: 0, uploading: 0, refused: 0, ...byState },
			events: Object.fromEntries(
				Object.entries(days).map(([day, counts]) => [day, Object.fromEntries((counts ?? []).map(({ type, n }) => [type, n]))]),
			),
			deadLetters: (dead?.results[0] as unknown as { n: number } | undefined)?.n ?? 0,
			logObjects: countsOf(objects, "keyId"),
			runs: runs?.results ?? [],
			activations: activations?.results ?? [],
			lastHour: { requests, shares: Object.fromEntries(Object.entries(byRung).map(([rung, n]) => [rung, n / requests])) },
			metrics: { edgesMs: LATENCY_EDGES_MS, hours: hoursOf((cells?.results ?? []) as unknown as Cell[]) },
		};
	};
}

/** Rows of a name and a count as a record. */
const countsOf = (result: D1Result<Record<string, unknown>> | undefined, name: string): Record<string, number> =>
	Object.fromEntries((result?.results ?? []).map((row) => [String(row[name]), Number(row.n)]));

type Cell = { readonly hour: number; readonly surface: string; readonly source: string; readonly bucket: number; readonly n: number };

/** Cells of equal hour, surface and source as one entry each; they come in that order. */
function hoursOf(cells: readonly Cell[]): HourOfRequests[] {
	const groups = Map.groupBy(cells, ({ hour, surface, source }) => `${hour} ${source} ${surface}`);
	return [...groups.values()].map((group) => {
		const { hour, surface, source } = group[0] as Cell;
		const nOf = (bucket: number) => group.find((cell) => cell.bucket === bucket)?.n ?? 0;
		const latency = Array.from({ length: LATENCY_EDGES_MS.length + 1 }, (_, bucket) => nOf(bucket));
		return { from: hour * 3600, surface, source, requests: nOf(REQUESTS_BUCKET), latency };
	});
}
