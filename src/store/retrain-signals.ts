import type { CategoryCounts, SignalReader } from "../retrain/ports.ts";
import { utcDay } from "./utc-day.ts";

/** Days of interest that are compared with training, today included. */
export const RECENT_DAYS = 3;
/** Days up to the last training event that stand for what was trained on. */
export const TRAINED_DAYS = 14;

const ACTIVE = `
SELECT manifest ->> '$.createdAt' AS createdAt, manifest ->> '$.trainedOn.lastEventAt' AS lastEventAt
FROM releases WHERE id = (SELECT active FROM pointer WHERE id = 1)`;

/** Events in the log by the time of receipt (?1), each id once. */
const NEW_EVENTS = "SELECT coalesce(sum(lines - json_array_length(skip)), 0) AS n FROM log_objects WHERE receivedAt > ?1";

/** Visitors of the days ?1 to ?2 by category, of categories and days that had a crowd. */
const CATEGORIES = `
SELECT name AS category, sum(n) AS n FROM crowd_counts WHERE day BETWEEN ?1 AND ?2 AND kind = 'category' GROUP BY 1`;

type Active = { readonly createdAt: number; readonly lastEventAt: number | null };

/** What the retrain policy judges by, from D1. */
export function createRetrainSignals(db: D1Database): SignalReader {
	const categoriesOf = async (fromDay: string, toDay: string): Promise<CategoryCounts> => {
		const { results } = await db.prepare(CATEGORIES).bind(fromDay, toDay).all<{ category: string; n: number }>();
		return Object.fromEntries(results.map(({ category, n }) => [category, n]));
	};
	return {
		async read(now) {
			const active = await db.prepare(ACTIVE).first<Active>();
			// A release that saw no dated event, such as the demo's, knows nothing of this shop's log.
			const trainedUntil = active?.lastEventAt ?? 0;
			const [events, run] = await db.batch<{ n: number } & { openedAt: number }>([
				db.prepare(NEW_EVENTS).bind(trainedUntil),
				db.prepare("SELECT openedAt FROM runs ORDER BY openedAt DESC LIMIT 1"),
			]);
			const dayBefore = (seconds: number, days: number) => utcDay(seconds - days * 86_400);
			// Days that training saw must not count as recent ones.
			const firstRecent = [dayBefore(now, RECENT_DAYS - 1), dayBefore(trainedUntil, -1)].sort().at(-1) as string;
			return {
				activeCreatedAt: active?.createdAt ?? null,
				newEvents: events?.results[0]?.n ?? 0,
				lastRunOpenedAt: run?.results[0]?.openedAt ?? null,
				recent: await categoriesOf(firstRecent, utcDay(now)),
				trained: trainedUntil === 0 ? {} : await categoriesOf(dayBefore(trainedUntil, TRAINED_DAYS - 1), utcDay(trainedUntil)),
			};
		},
	};
}
