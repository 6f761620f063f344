import { CROWD_MIN_VISITORS } from "../contract/crowd.ts";
import type { CrowdMark } from "../feedback/ports.ts";
import { jsonParts } from "./json-parts.ts";
import { utcDay } from "./utc-day.ts";

/** Marks of one value and day. */
type Touched = { readonly kind: string; readonly name: string; readonly day: string; readonly key: string; marks: number[] };

/** Only marks that would be among the ?2 smallest of their value. */
const ADD_MARKS = `
INSERT OR IGNORE INTO visitor_marks (day, value, mark)
SELECT touched.value ->> 0, touched.value ->> 1, mark.value
FROM json_each(?1) AS touched, json_each(touched.value -> 4) AS mark
WHERE mark.value < coalesce((
  SELECT mark FROM visitor_marks WHERE day = touched.value ->> 0 AND value = touched.value ->> 1
  ORDER BY mark LIMIT 1 OFFSET CAST(?2 AS INTEGER) - 1), 4503599627370496)`;

/** Keeps the ?2 smallest of each value. */
const KEEP_SMALLEST = `
DELETE FROM visitor_marks WHERE rowid IN (
  SELECT id FROM (
    SELECT marks.rowid AS id, row_number() OVER (PARTITION BY marks.day, marks.value ORDER BY marks.mark) AS place
    FROM json_each(?1) AS touched
    JOIN visitor_marks AS marks ON marks.day = touched.value ->> 0 AND marks.value = touched.value ->> 1)
  WHERE place > ?2)`;

/**
 * Enters values that have ?2 marks. The ?2-th smallest of n uniform marks tells n: (k - 1) / u, standard error
 * n / sqrt(k - 2); the number only ever grows.
 * @see Beyer, Haas, Reinwald, Sismanis & Gemulla, "On Synopses for Distinct-Value Estimation", SIGMOD 2007, 4.1
 */
const RELEASE = `
INSERT INTO crowd_counts (day, kind, name, n)
SELECT touched.value ->> 0, touched.value ->> 2, touched.value ->> 3,
  max(?2, CAST((?2 - 1) * 4503599627370496.0 / max(max(marks.mark), 1) AS INTEGER))
FROM json_each(?1) AS touched
JOIN visitor_marks AS marks ON marks.day = touched.value ->> 0 AND marks.value = touched.value ->> 1
GROUP BY 1, 2, 3 HAVING count(*) >= ?2
ON CONFLICT (day, kind, name) DO UPDATE SET n = max(n, excluded.n)`;

/** Statements for the consumer's transaction. A mark that is known changes nothing: they may be repeated. */
export function crowdStatements(db: D1Database, marks: readonly CrowdMark[]): D1PreparedStatement[] {
	const touched = new Map<string, Touched>();
	for (const { day, value, valueKey, mark } of marks) {
		const key = `${day} ${valueKey}`;
		const found = touched.get(key) ?? { ...value, day: utcDay(day), key: valueKey, marks: [] };
		found.marks.push(mark);
		touched.set(key, found);
	}
	const rows = [...touched.values()].map((value) => [
		value.day,
		value.key,
		value.kind,
		value.name,
		value.marks.sort((a, b) => a - b).slice(0, CROWD_MIN_VISITORS),
	]);
	return jsonParts(rows).flatMap(({ json }) => [
		db.prepare(ADD_MARKS).bind(json, CROWD_MIN_VISITORS),
		db.prepare(KEEP_SMALLEST).bind(json, CROWD_MIN_VISITORS),
		db.prepare(RELEASE).bind(json, CROWD_MIN_VISITORS),
	]);
}

/** Deletes the marks of days whose salt is gone. @param endOf when the salt of a day ends, unix seconds */
export async function forgetMarks(db: D1Database, now: number, endOf: (at: number) => number): Promise<void> {
	const yesterday = now - 86_400;
	const first = now >= endOf(yesterday) ? now : yesterday;
	await db.prepare("DELETE FROM visitor_marks WHERE day < ?1").bind(utcDay(first)).run();
}
