import { HOT_LIST_MAX_ITEMS } from "./hot-lists.ts";
import { utcDay } from "./utc-day.ts";

/** Days whose counts are recent: today and the day before, since today has only begun. */
export const RECENT_DAYS = 2;
/** Days before them that say what is to be expected. */
export const BASELINE_DAYS = 26;
/**
 * Strength of the belief that a product does as ever: what so many weighted visitors say that behave as expected. A few
 * visitors more than none are no trend.
 */
export const PRIOR_VISITORS = 20;
/** Ratio of recent to expected from which a product is trending. */
export const TRENDING_MIN_RATIO = 1.25;
/** What one visitor says of demand, by kind of count: an interest of any kind, and on top of it a cart and a purchase. */
export const DEMAND_WEIGHTS = { item: 1, "item.cart": 1, "item.purchase": 3 } as const;

/**
 * ?1: first recent day; ?2: first day of the baseline; ?3: [[kind, weight]]; ?4: entries of a list; ?5: now.
 * A product's share of the baseline, times all that is recent, is what was to be expected of it: a busy day lifts all
 * alike and makes no trend. ratio = (recent + prior) / (expected + prior) is the mean of the posterior of a Poisson rate
 * over its expectation under a Gamma(prior, prior) belief.
 */
const REFRESH = `
WITH kinds AS (SELECT value ->> 0 AS kind, value ->> 1 AS weight FROM json_each(?3)),
demand AS (
  SELECT counts.name AS item,
    sum(CASE WHEN counts.day >= ?1 THEN counts.n * kinds.weight ELSE 0 END) AS recent,
    sum(CASE WHEN counts.day < ?1 THEN counts.n * kinds.weight ELSE 0 END) AS baseline
  FROM crowd_counts AS counts JOIN kinds ON kinds.kind = counts.kind
  WHERE counts.day >= ?2 GROUP BY counts.name),
totals AS (SELECT sum(recent) AS recent, sum(baseline) AS baseline FROM demand),
scored AS (
  SELECT demand.item AS item, products.body ->> 'category' AS category,
    (demand.recent + ${PRIOR_VISITORS}.0) / (demand.baseline * 1.0 * totals.recent / totals.baseline + ${PRIOR_VISITORS}.0) AS ratio
  FROM demand, totals JOIN products ON products.id = demand.item
  WHERE totals.baseline > 0 AND demand.recent > 0 AND NOT products.deleted),
placed AS (
  SELECT name, item, row_number() OVER (PARTITION BY name ORDER BY ratio DESC, item) AS place
  FROM (
    SELECT 'trending' AS name, item, ratio FROM scored
    UNION ALL SELECT 'trending:' || category, item, ratio FROM scored WHERE category IS NOT NULL)
  WHERE ratio >= ${TRENDING_MIN_RATIO})
INSERT INTO hot_lists (name, items, updatedAt)
SELECT name, json_group_array(item ORDER BY place), ?5 FROM placed WHERE place <= ?4 GROUP BY name`;

/**
 * Renews `trending` and `trending:<category>`: products whose demand of late is above what was to be expected of them,
 * by ratio, of items and days that had a crowd: a day without one counts as none. With no day before to compare with
 * there are none. The lists hold ids in order, no counts.
 * @param now unix seconds
 * @see DuMouchel, "Bayesian data mining in large frequency tables", The American Statistician 53(3), 1999
 */
export async function refreshTrending(db: D1Database, now: number): Promise<void> {
	const dayBefore = (days: number) => utcDay(now - days * 86_400);
	const kinds = JSON.stringify(Object.entries(DEMAND_WEIGHTS));
	await db.batch([
		db.prepare("DELETE FROM hot_lists WHERE name = 'trending' OR name LIKE 'trending:%'"),
		db.prepare(REFRESH).bind(dayBefore(RECENT_DAYS - 1), dayBefore(RECENT_DAYS - 1 + BASELINE_DAYS), kinds, HOT_LIST_MAX_ITEMS, now),
	]);
}
