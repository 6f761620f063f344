import type { Hour, Status } from "./answers.ts";

/**
 * A percentile of a latency histogram, linear within its bucket.
 * @param edges upper edges of all buckets but the last, milliseconds
 * @returns null of no request; the last edge where it lies beyond all edges
 */
export function percentileOf(latency: readonly number[], edges: readonly number[], q: number): number | null {
	const total = latency.reduce((sum, n) => sum + n, 0);
	if (total === 0) return null;
	let below = 0;
	for (const [bucket, n] of latency.entries()) {
		const edge = edges[bucket];
		if (edge === undefined) break;
		if (n > 0 && below + n >= q * total) {
			const from = edges[bucket - 1] ?? 0;
			return from + ((q * total - below) / n) * (edge - from);
		}
		below += n;
	}
	return edges.at(-1) ?? null;
}

export type Group = { readonly name: string; readonly requests: number; readonly latency: readonly number[] };

/** Sums of the hours by what `nameOf` says, most requests first. */
export function groupHours(hours: readonly Hour[], nameOf: (hour: Hour) => string): Group[] {
	return [...Map.groupBy(hours, nameOf)]
		.map(([name, group]) => ({
			name,
			requests: group.reduce((sum, { requests }) => sum + requests, 0),
			latency: group.reduce<number[]>((sum, { latency }) => latency.map((n, bucket) => n + (sum[bucket] ?? 0)), []),
		}))
		.sort((a, b) => b.requests - a.requests);
}

/** Starts of the hours up to the one of `now`, oldest first, unix seconds. */
export const lastHours = (now: number, hours = 24): number[] =>
	Array.from({ length: hours }, (_, back) => (Math.floor(now / 3600) - (hours - 1 - back)) * 3600);

/** What one kind of event is to another of the same day; null where either was not told or nothing was shown. */
export function ratioOf(counts: Readonly<Record<string, number>>, of: string, to: string): number | null {
	const [a, b] = [counts[of], counts[to]];
	return a === undefined || b === undefined || b === 0 ? null : a / b;
}

/** UTC days of events, oldest first. */
export const daysOf = (events: Status["events"]) => Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1));
