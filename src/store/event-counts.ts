import type { LogLine } from "../contract/event.ts";
import type { EventCounts, LogObject } from "../feedback/ports.ts";
import { crowdStatements } from "./crowd-counts.ts";
import { jsonParts } from "./json-parts.ts";
import { reportStatements } from "./local-reports.ts";
import { metricStatements } from "./metrics.ts";
import { utcDay } from "./utc-day.ts";

/** What is counted of one line: [id, UTC day, type, kinds of what was dropped from it]. */
type CountedLine = readonly [id: string, day: string, type: string, masked: readonly string[]];

/** Enters the ids that are new under a name (?2): that of the log object, or of this attempt. ?3: now. */
export const CLAIM_IDS = `
INSERT OR IGNORE INTO event_ids (id, object, receivedAt)
SELECT value ->> 0, ?2, ?3 FROM json_each(?1)`;

const ENTER_OBJECT = `
INSERT INTO log_objects (key, keyId, lines, skip, receivedAt) VALUES (?1, ?2, ?3, '[]', ?4)`;

/** Adds the positions of lines whose id another object holds. ?2: position of the first line given; D1 binds it as a real. */
const ADD_SKIPPED = `
UPDATE log_objects SET skip = (
  SELECT json_group_array(position ORDER BY position) FROM (
    SELECT value AS position FROM json_each(log_objects.skip)
    UNION ALL
    SELECT line.key + CAST(?2 AS INTEGER) FROM json_each(?1) AS line
    WHERE (SELECT object FROM event_ids WHERE id = line.value ->> 0) IS NOT ?3))
WHERE key = ?3`;

const DROP_IF_ALL_SKIPPED = `
DELETE FROM log_objects WHERE key = ?1 AND json_array_length(skip) = lines`;

const COUNT_TYPES = `
INSERT INTO event_counts (day, type, n)
SELECT line.value ->> 1, line.value ->> 2, count(*)
FROM json_each(?1) AS line JOIN event_ids ON event_ids.id = line.value ->> 0
WHERE event_ids.object = ?2
GROUP BY 1, 2
ON CONFLICT (day, type) DO UPDATE SET n = n + excluded.n`;

const COUNT_MASKED = `
INSERT INTO counters (name, n)
SELECT 'masked.' || masked.value, count(*)
FROM json_each(?1) AS line JOIN event_ids ON event_ids.id = line.value ->> 0, json_each(line.value -> 3) AS masked
WHERE event_ids.object = ?2
GROUP BY 1
ON CONFLICT (name) DO UPDATE SET n = n + excluded.n`;

const CATEGORIES = `
SELECT id, body ->> 'category' AS category FROM products WHERE id IN (SELECT value FROM json_each(?1))`;

const COUNT_DEAD_LETTERS = `
INSERT INTO counters (name, n)
SELECT 'dead_letters', count(*)
FROM json_each(?1) AS letter JOIN event_ids ON event_ids.id = letter.value ->> 0
WHERE event_ids.object = ?2
ON CONFLICT (name) DO UPDATE SET n = n + excluded.n`;

/**
 * Ids and counts over D1. Everything of one call is one transaction, and counts only what that transaction entered
 * first: each id belongs to the object that brought it first.
 */
export function createEventCounts(db: D1Database): EventCounts {
	return {
		async record({ object, lines, marks, reports, metrics }, now) {
			const entries = object === null ? [] : lineStatements(db, object, lines, now);
			const statements = [
				...entries,
				...crowdStatements(db, marks),
				...reportStatements(db, reports, now),
				...metricStatements(db, metrics, now),
			];
			if (statements.length === 0) return false;
			const results = await db.batch(statements);
			return object !== null && results[entries.length - 1]?.meta.changes === 0;
		},

		async categoriesOf(items) {
			const categories = new Map<string, string | null>();
			for (const { json } of jsonParts([...new Set(items)])) {
				const { results } = await db.prepare(CATEGORIES).bind(json).all<{ id: string; category: string | null }>();
				for (const { id, category } of results) categories.set(id, category);
			}
			return categories;
		},

		async countDeadLetters(messageIds, now) {
			// "/" cannot be in an event's id: nobody can take a message's place.
			const [part] = jsonParts(messageIds.map((id) => [`dead/${id}`]));
			if (part === undefined) return;
			const attempt = `dead/${crypto.randomUUID()}`;
			await db.batch([db.prepare(CLAIM_IDS).bind(part.json, attempt, now), db.prepare(COUNT_DEAD_LETTERS).bind(part.json, attempt)]);
		},
	};
}

/** The last of them drops the object's row when it holds nothing new. */
function lineStatements(db: D1Database, object: LogObject, lines: readonly LogLine[], now: number): D1PreparedStatement[] {
	const parts = jsonParts(lines.map(({ id, receivedAt, type, masked }): CountedLine => [id, utcDay(receivedAt), type, masked ?? []]));
	const forEachPart = (bind: (json: string, offset: number) => D1PreparedStatement) => parts.map(({ json, offset }) => bind(json, offset));
	return [
		...forEachPart((json) => db.prepare(CLAIM_IDS).bind(json, object.key, now)),
		db.prepare(ENTER_OBJECT).bind(object.key, object.keyId, lines.length, object.receivedAt),
		...forEachPart((json, offset) => db.prepare(ADD_SKIPPED).bind(json, offset, object.key)),
		...forEachPart((json) => db.prepare(COUNT_TYPES).bind(json, object.key)),
		...forEachPart((json) => db.prepare(COUNT_MASKED).bind(json, object.key)),
		db.prepare(DROP_IF_ALL_SKIPPED).bind(object.key),
	];
}
