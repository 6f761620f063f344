import type { EventLog } from "../feedback/ports.ts";
import { type LogKeys, seal } from "./sealed.ts";

/** Log objects lie at `events/dt=YYYY-MM-DD/hh/<unix seconds>-<uuid>.ndjson.gz.enc`, by the oldest receipt among their lines, in UTC. */
export const LOG_PREFIX = "events/";

/** The log's writing side over R2. Two writes never meet in one key. */
export function createEventLog(bucket: R2Bucket, keys: LogKeys): EventLog {
	return {
		async write(lines) {
			const receivedAt = lines.reduce((oldest, line) => Math.min(oldest, line.receivedAt), Number.POSITIVE_INFINITY);
			const key = logKey(receivedAt, crypto.randomUUID());
			await bucket.put(key, await seal(keys, key, lines), { customMetadata: { keyId: keys.current } });
			return { key, keyId: keys.current, receivedAt };
		},
		async remove(key) {
			await bucket.delete(key);
		},
	};
}

/** @param receivedAt unix seconds */
export function logKey(receivedAt: number, unique: string): string {
	const [day, time] = new Date(receivedAt * 1000).toISOString().split("T") as [string, string];
	return `${LOG_PREFIX}dt=${day}/${time.slice(0, 2)}/${secondsText(receivedAt)}-${unique}.ndjson.gz.enc`;
}

/** Ten digits, so that the order of keys is the order of time. */
export const secondsText = (seconds: number): string => String(seconds).padStart(10, "0");

/** Unix seconds in the last part of a key made of `secondsText` and more; null where there is none. */
export function secondsOfKey(key: string): number | null {
	const digits = /^(\d{10})-/.exec(key.slice(key.lastIndexOf("/") + 1))?.[1];
	return digits === undefined ? null : Number(digits);
}
