import { utcDay } from "./utc-day.ts";

/** Longest hot list, items. */
export const HOT_LIST_MAX_ITEMS = 200;
/** Days that count, today included. */
export const HOT_WINDOW_DAYS = 14;
/** A day this much older counts half, days. */
export const HOT_HALF_LIFE_DAYS = 3;
/**
 * What one visitor says about an item's standing, by kind of count: 1 for an interest of any kind, and on top of it what
 * a cart, a purchase or their taking back is worth, each where a crowd of the day did it.
 */
export const HOT_WEIGHTS = {
	item: 1,
	"item.cart": 1,
	"item.purchase": 3,
	"item.dismiss": -1,
	"item.uncart": -2,
	"item.refund": -4,
} as const;

/**
 * Scores from the counts of days, listed products only. ?1: [[day, weight]], ?2: [[kind, weight]]. Ties go by id, so
 * that the same counts always give the same lists.
 */
const SCORED = `
WITH days AS (SELECT value ->> 0 AS day, value ->> 1 AS weight FROM json_each(?1)),
kinds AS (SELECT value ->> 0 AS kind, value ->> 1 AS weight FROM json_each(?2)),
scored AS (
  SELECT counts.name AS item, sum(counts.n * days.weight * kinds.weight) AS score
  FROM days JOIN crowd_counts AS counts ON counts.day = days.day JOIN kinds ON kinds.kind = counts.kind
  GROUP BY counts.name),
listed AS (
  SELECT scored.item AS item, scored.score AS score, products.body ->> 'category' AS category
  FROM scored JOIN products ON products.id = scored.item
  WHERE scored.score > 0 AND NOT products.deleted)`;

/** What the counts say comes first; behind it stays what the list held before, so that a few events do not empty it. */
const REFRESH = `${SCORED},
fresh AS (
  SELECT name, item, row_number() OVER (PARTITION BY name ORDER BY score DESC, item) AS place
  FROM (
    SELECT 'popular' AS name, item, score FROM listed
    UNION ALL SELECT 'popular:' || category, item, score FROM listed WHERE category IS NOT NULL)),
kept AS (
  SELECT hot_lists.name AS name, entry.value AS item, ?4 + 1 + entry.key AS place
  FROM hot_lists, json_each(hot_lists.items) AS entry
  WHERE hot_lists.name IN (SELECT name FROM fresh) AND entry.value NOT IN (SELECT id FROM products WHERE deleted)),
merged AS (
  SELECT name, item, row_number() OVER (PARTITION BY name ORDER BY min(place)) AS place
  FROM (SELECT name, item, place FROM fresh WHERE place <= ?4 UNION ALL SELECT name, item, place FROM kept)
  GROUP BY name, item)
INSERT INTO hot_lists (name, items, updatedAt)
SELECT name, json_group_array(item ORDER BY place), ?3 FROM merged WHERE place <= ?4 GROUP BY name
ON CONFLICT (name) DO UPDATE SET items = excluded.items, updatedAt = excluded.updatedAt`;

/**
 * Renews `popular` and `popular:<category>` from distinct visitors, of items and days that had a crowd. A list of which
 * the counts say nothing stays as the release's activation wrote it. The lists hold ids of the public catalogue in order, no counts.
 * @param now unix seconds
 */
export async function refreshHotLists(db: D1Database, now: number): Promise<void> {
	const days = JSON.stringify(weightedDays(now));
	const kinds = JSON.stringify(Object.entries(HOT_WEIGHTS));
	await db.prepare(REFRESH).bind(days, kinds, now, HOT_LIST_MAX_ITEMS).run();
}

/** Days that count, each with its weight, the latest first. @param now unix seconds */
export const weightedDays = (now: number): [day: string, weight: number][] =>
	Array.from({ length: HOT_WINDOW_DAYS }, (_, age) => [utcDay(now - age * 86_400), 0.5 ** (age / HOT_HALF_LIFE_DAYS)]);
