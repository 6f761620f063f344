import type { QueueMessage } from "../contract/event.ts";
import { fail, ok } from "../contract/result.ts";
import type { MalformedMessage, Shelf } from "../feedback/ports.ts";
import { secondsText } from "./event-log.ts";
import { type LogKeys, seal, unseal } from "./sealed.ts";
import { within } from "./within.ts";

/** Longest wait for R2 to take an object, milliseconds. */
const PUT_TIMEOUT_MS = 8000;

/** Where messages wait outside the queue, by R2 prefix. */
export const SHELVES = { inbox: "inbox/", undelivered: "dead/undelivered/", malformed: "dead/malformed/" } as const;

/** Messages that the queue did not take. */
export const createInbox = (bucket: R2Bucket, keys: LogKeys): Shelf<QueueMessage> => createShelf(bucket, keys, SHELVES.inbox);

/** Sound messages that the queue gave up on. */
export const createUndelivered = (bucket: R2Bucket, keys: LogKeys): Shelf<QueueMessage> => createShelf(bucket, keys, SHELVES.undelivered);

/** Messages that are none of ours. */
export const createMalformed = (bucket: R2Bucket, keys: LogKeys): Shelf<MalformedMessage> => createShelf(bucket, keys, SHELVES.malformed);

/** Objects `<prefix><unix seconds of receipt>-<uuid>`, encrypted like the log. */
function createShelf<T>(bucket: R2Bucket, keys: LogKeys, prefix: string): Shelf<T> {
	return {
		async put(values, receivedAt) {
			const key = `${prefix}${secondsText(receivedAt)}-${crypto.randomUUID()}`;
			await within(PUT_TIMEOUT_MS, bucket.put(key, await seal(keys, key, values), { customMetadata: { keyId: keys.current } }));
		},
		async list(limit) {
			const { objects } = await bucket.list({ prefix, limit });
			return objects.map(({ key, uploaded }) => ({ key, storedAt: Math.floor(uploaded.getTime() / 1000) }));
		},
		async read(key) {
			const object = await bucket.get(key);
			if (object === null) return fail("is missing");
			const opened = await unseal(keys, key, new Uint8Array(await object.arrayBuffer()));
			// Authenticated: only `put` of this shelf can have written it. The consumer checks each message again.
			return opened.ok ? ok(opened.value as T[]) : opened;
		},
		async remove(keys) {
			await bucket.delete([...keys]);
		},
	};
}
