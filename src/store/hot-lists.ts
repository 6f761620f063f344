import { utcDay } from "./event-counts.ts";

/** Longest hot list, items. */
export const HOT_LIST_MAX_ITEMS = 200;
/** Days that count, today included. */
export const HOT_WINDOW_DAYS = 14;
/** A day this much older counts half, days. */
export const HOT_HALF_LIFE_DAYS = 3;
/** What one event says about an item's standing; types not named say nothing. */
export const HOT_WEIGHTS = { purchase: 4, cart: 2, click: 1, view: 1, dismiss: -1, uncart: -2, refund: -4 } as const;

/**
 * Scores from the counts of days, listed products only. ?1: [[day, weight]], ?2: [[type, weight]]. Ties go by id, so
 * that the same counts always give the same lists.
 */
const SCORED = `
WITH days AS (SELECT value ->> 0 AS day, value ->> 1 AS weight FROM json_each(?1)),
types AS (SELECT value ->> 0 AS type, value ->> 1 AS weight FROM json_each(?2)),
scored AS (
  SELECT item_counts.item AS item, sum(item_counts.n * days.weight * types.weight) AS score
  FROM days JOIN item_counts ON item_counts.day = days.day JOIN types ON types.type = item_counts.type
  GROUP BY item_counts.item),
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
 * Renews `popular` and `popular:<category>` from the counts. A list of which the counts
 * say nothing stays as the release's activation wrote it. The lists hold ids of the public catalogue in order, no counts.
 * @param now unix seconds
 */
export async function refreshHotLists(db: D1Database, now: number): Promise<void> {
	const days = JSON.stringify(
		Array.from({ length: HOT_WINDOW_DAYS }, (_, age) => [utcDay(now - age * 86_400), 0.5 ** (age / HOT_HALF_LIFE_DAYS)]),
	);
	const types = JSON.stringify(Object.entries(HOT_WEIGHTS));
	await db.prepare(REFRESH).bind(days, types, now, HOT_LIST_MAX_ITEMS).run();
}
