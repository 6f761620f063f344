import { LOG_PREFIX } from "./event-log.ts";
import { SHELVES } from "./inbox.ts";
import { DATA_KEYS_PREFIX } from "./line-vault.ts";
import { type LogKeys, rewrap } from "./sealed.ts";

/** Objects one run takes over at most: each is a read and a write of R2. */
export const REWRAP_MAX_OBJECTS = 200;
/** Keys one list call of R2 returns. */
const LIST_KEYS = 1000;
/** List calls that are spent on data keys in one run. */
const DATA_KEY_LISTS = 50;

export type Rewrapped = {
	/** Objects that are under the current master key now, and were not before. */
	readonly moved: number;
	readonly unreadable: readonly { readonly key: string; readonly reason: string }[];
};

/**
 * Takes objects over to the current master key: those of the log by what the database says of them, those on the shelves
 * by R2's own list. Reading goes on meanwhile, since `keys` opens both. Safe to repeat, and beside retention: an object
 * that was deleted in between stays deleted.
 */
export async function rewrapObjects(db: D1Database, bucket: R2Bucket, keys: LogKeys): Promise<Rewrapped> {
	const unreadable: { key: string; reason: string }[] = [];
	let moved = 0;
	for (const key of await keysUnderOthers(db, bucket, keys.current)) {
		const object = await bucket.get(key);
		if (object === null) continue;
		const wrapped = await rewrap(keys, key, new Uint8Array(await object.arrayBuffer()));
		if (!wrapped.ok) {
			unreadable.push({ key, reason: wrapped.error });
			continue;
		}
		if (wrapped.value !== null) {
			const options = { customMetadata: { keyId: keys.current }, onlyIf: { etagMatches: object.etag } };
			if ((await bucket.put(key, wrapped.value, options)) === null) continue;
		}
		if (key.startsWith(LOG_PREFIX)) await db.prepare("UPDATE log_objects SET keyId = ?1 WHERE key = ?2").bind(keys.current, key).run();
		moved++;
	}
	return { moved, unreadable };
}

/** Oldest first, at most REWRAP_MAX_OBJECTS. */
async function keysUnderOthers(db: D1Database, bucket: R2Bucket, current: string): Promise<string[]> {
	const { results } = await db
		.prepare("SELECT key FROM log_objects WHERE keyId <> ?1 ORDER BY seq LIMIT ?2")
		.bind(current, REWRAP_MAX_OBJECTS)
		.all<{ key: string }>();
	const found = results.map(({ key }) => key);
	for (const prefix of Object.values(SHELVES)) {
		const { objects } = await bucket.list({ prefix, limit: LIST_KEYS, include: ["customMetadata"] });
		found.push(...objects.filter(({ customMetadata }) => customMetadata?.keyId !== current).map(({ key }) => key));
	}
	let cursor: string | undefined;
	for (let list = 0; list < DATA_KEY_LISTS && found.length < REWRAP_MAX_OBJECTS; list++) {
		const page = await bucket.list({ prefix: DATA_KEYS_PREFIX, limit: LIST_KEYS, include: ["customMetadata"], ...(cursor && { cursor }) });
		found.push(...page.objects.filter(({ customMetadata }) => customMetadata?.keyId !== current).map(({ key }) => key));
		if (!page.truncated) break;
		cursor = page.cursor;
	}
	return found.slice(0, REWRAP_MAX_OBJECTS);
}
