import { EVENT_DEDUPLICATION_SECONDS } from "../contract/event.ts";
import { LOG_PREFIX, secondsOfKey } from "./event-log.ts";
import { SHELVES } from "./inbox.ts";
import { DATA_KEYS_PREFIX } from "./line-vault.ts";
import { utcDay } from "./utc-day.ts";

/** How long rollups and the counts of visitors are kept, days. */
export const COUNTS_RETENTION_DAYS = 30;
/** Rows one statement deletes, and statements a table gets in one run; what is left waits for the next run. */
const DELETE_ROWS = 20_000;
const DELETE_ROUNDS = 50;
/** Keys one list call of R2 returns, and calls a prefix gets in one run. */
const LIST_KEYS = 1000;
const LIST_ROUNDS = 10;
/** The same for data keys, of which there is one a pseudonym and day. */
const DATA_KEY_ROUNDS = 200;

const EXPIRED_ROWS = [
	{ table: "event_ids", column: "receivedAt" },
	{ table: "log_objects", column: "receivedAt" },
	{ table: "metric_rollups", column: "minute" },
	{ table: "crowd_counts", column: "day" },
	{ table: "report_counts", column: "day" },
] as const;

/**
 * Deletes what has outlived its time: event ids, log objects and whatever lies on the shelves, rollups, counts of visitors.
 * Rows go before their objects, so that no reader is sent to an object that is gone.
 * @param logRetentionDays for everything encrypted in R2
 * @param now              unix seconds
 */
export async function expire(db: D1Database, bucket: R2Bucket, logRetentionDays: number, now: number): Promise<void> {
	const logBefore = now - logRetentionDays * 86_400;
	const countsBefore = now - COUNTS_RETENTION_DAYS * 86_400;
	const before = {
		event_ids: now - EVENT_DEDUPLICATION_SECONDS,
		log_objects: logBefore,
		metric_rollups: Math.floor(countsBefore / 60),
		crowd_counts: utcDay(countsBefore),
		report_counts: utcDay(countsBefore),
	};
	for (const { table, column } of EXPIRED_ROWS) await deleteRows(db, table, column, before[table]);
	for (const prefix of [LOG_PREFIX, ...Object.values(SHELVES)]) await deleteObjects(bucket, prefix, logBefore, LIST_ROUNDS);
	// A key is named by the start of its day, and is needed until what came last on it has gone.
	await deleteObjects(bucket, DATA_KEYS_PREFIX, logBefore - 86_400, DATA_KEY_ROUNDS);
}

async function deleteRows(db: D1Database, table: string, column: string, before: number | string): Promise<void> {
	const statement = db
		.prepare(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${column} < ?1 LIMIT ${DELETE_ROWS})`)
		.bind(before);
	for (let round = 0; round < DELETE_ROUNDS; round++) {
		const { meta } = await statement.run();
		if (meta.changes < DELETE_ROWS) return;
	}
}

/** Keys of one prefix lie in order of time: the first that may stay ends the walk. */
async function deleteObjects(bucket: R2Bucket, prefix: string, before: number, rounds: number): Promise<void> {
	for (let round = 0; round < rounds; round++) {
		const { objects, truncated } = await bucket.list({ prefix, limit: LIST_KEYS });
		const expired = objects.map(({ key }) => key).filter((key) => (secondsOfKey(key) ?? Number.POSITIVE_INFINITY) < before);
		if (expired.length > 0) await bucket.delete(expired);
		if (expired.length < objects.length || !truncated) return;
	}
}
