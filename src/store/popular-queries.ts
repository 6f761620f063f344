import { QUERIES_LIST } from "./hot-list-reader.ts";
import { weightedDays } from "./hot-lists.ts";

/** Longest list of queries: every isolate holds it. */
export const QUERIES_MAX = 1000;

/** ?1: [[day, weight]]; ?2: now. Ties go by the query, so that the same counts always give the same list. */
const REFRESH = `
WITH days AS (SELECT value ->> 0 AS day, value ->> 1 AS weight FROM json_each(?1)),
scored AS (
  SELECT counts.name AS query, sum(counts.n * days.weight) AS score
  FROM days JOIN crowd_counts AS counts ON counts.day = days.day WHERE counts.kind = 'query'
  GROUP BY counts.name),
placed AS (SELECT query, row_number() OVER (ORDER BY score DESC, query) AS place FROM scored)
INSERT INTO hot_lists (name, items, updatedAt)
SELECT '${QUERIES_LIST}', json_group_array(query ORDER BY place), ?2 FROM placed WHERE place <= ${QUERIES_MAX} GROUP BY 1`;

/**
 * Renews the list of what is searched for: queries and days that had a crowd, as popularity weighs days. It holds words of
 * the catalogue in order, no counts; with no such day there is none.
 * @param now unix seconds
 */
export async function refreshPopularQueries(db: D1Database, now: number): Promise<void> {
	await db.batch([
		db.prepare("DELETE FROM hot_lists WHERE name = ?1").bind(QUERIES_LIST),
		db.prepare(REFRESH).bind(JSON.stringify(weightedDays(now)), now),
	]);
}
