import { CROWD_RELEASE_SECONDS, type CrowdValue, FEATURES } from "../contract/crowd.ts";
import type { ReleasedFeatures } from "../privacy/ports.ts";
import { utcDay } from "./utc-day.ts";

/** Time between two readings of an isolate, seconds. */
const REFRESH_SECONDS = 60;

const RELEASED = `
SELECT DISTINCT kind, name FROM crowd_counts
WHERE day >= ?1 AND kind IN (${FEATURES.map((kind) => `'${kind}'`).join(", ")})`;

const keyOf = ({ kind, name }: { readonly kind: string; readonly name: string }) => `${kind} ${name}`;

/** Values of the context's features that had a crowd in the last 30 days, from D1. */
export function createReleasedFeatures(db: D1Database): ReleasedFeatures {
	let held: ReadonlySet<string> = new Set();
	let askedAt: number | null = null;

	async function query(now: number): Promise<ReadonlySet<string>> {
		const { results } = await db
			.prepare(RELEASED)
			.bind(utcDay(now - CROWD_RELEASE_SECONDS))
			.all<{ kind: string; name: string }>();
		return new Set(results.map(keyOf));
	}

	return {
		has: (value) => held.has(keyOf(value)),
		refresh(now) {
			if (askedAt !== null && now - askedAt < REFRESH_SECONDS) return null;
			askedAt = now;
			return query(now).then(
				(released) => {
					held = released;
				},
				() => {
					// The last that was read goes on; the next request after a minute asks again.
				},
			);
		},
		async read(now) {
			const released = await query(now);
			return (value: CrowdValue) => released.has(keyOf(value));
		},
	};
}
