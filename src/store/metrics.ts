import type { MetricsMessage } from "../feedback/ports.ts";
import { CLAIM_IDS } from "./event-counts.ts";
import { jsonParts } from "./json-parts.ts";

/** Bucket that counts the requests themselves; the others are indices into LATENCY_EDGES_MS. */
export const REQUESTS_BUCKET = -1;

/** Adds the cells of messages that this attempt (?2) entered first. A cell: [message id, minute, surface, source, bucket, n]. */
const ADD_CELLS = `
INSERT INTO metric_rollups (minute, surface, source, bucket, n)
SELECT cell.value ->> 1, cell.value ->> 2, cell.value ->> 3, cell.value ->> 4, sum(cell.value ->> 5)
FROM json_each(?1) AS cell JOIN event_ids ON event_ids.id = cell.value ->> 0
WHERE event_ids.object = ?2
GROUP BY 1, 2, 3, 4
ON CONFLICT (minute, surface, source, bucket) DO UPDATE SET n = n + excluded.n`;

/** Statements for the consumer's transaction: each message's rows are added once, however often it is delivered. */
export function metricStatements(db: D1Database, messages: readonly MetricsMessage[], now: number): D1PreparedStatement[] {
	const attempt = `metrics/${crypto.randomUUID()}`;
	// "/" cannot be in an event's id: nobody can take a message's place.
	const ids = messages.map(({ id }) => [`metrics/${id}`]);
	const cells = messages.flatMap(({ id, rows }) =>
		rows.flatMap(({ minute, surface, source, requests, latency }) =>
			[...latency.entries(), [REQUESTS_BUCKET, requests] as const]
				.filter(([, n]) => n > 0)
				.map(([bucket, n]) => [`metrics/${id}`, minute, surface, source, bucket, n]),
		),
	);
	return [
		...jsonParts(ids).map(({ json }) => db.prepare(CLAIM_IDS).bind(json, attempt, now)),
		...jsonParts(cells).map(({ json }) => db.prepare(ADD_CELLS).bind(json, attempt)),
	];
}
