import type { QueueMessage } from "../contract/event.ts";
import { sendsOf } from "./chunk.ts";
import type { MessageQueue, Shelf } from "./ports.ts";

/** Objects one run takes up at most: each is a read from R2, of which the platform allows some thousand a run. */
export const DRAIN_MAX_OBJECTS = 500;
/** Objects whose messages are sent and whose removal is asked for together. */
export const DRAIN_GROUP_OBJECTS = 25;
/** Refusals in a row after which the queue is taken for dead until the next run. */
export const DRAIN_MAX_REFUSALS = 3;
/** Rest of a message that the queue gave up on before it is sent again, seconds. */
export const REVIVE_AFTER_SECONDS = 15 * 60;

export type DrainPorts = {
	readonly queue: MessageQueue;
	readonly inbox: Shelf<QueueMessage>;
	/** What the dead-letter queue brought, sound messages only. */
	readonly undelivered: Shelf<QueueMessage>;
};

export type Drained = {
	/** Objects whose messages the queue has taken. */
	readonly sent: number;
	/** Objects that stay because they cannot be read: key and reason. */
	readonly unreadable: readonly { readonly key: string; readonly reason: string }[];
};

/**
 * Sends what waits outside the queue, oldest first; objects are removed only once the queue has taken all of them. A
 * group that was refused waits for the next run, and a queue that refuses again and again ends the run. Two runs at once,
 * or a group taken in part, send twice, which event ids undo.
 */
export async function drainInbox(ports: DrainPorts, now: number): Promise<Drained> {
	const inbox = await drain(ports.inbox, ports.queue, now);
	const undelivered = await drain(ports.undelivered, ports.queue, now - REVIVE_AFTER_SECONDS);
	return { sent: inbox.sent + undelivered.sent, unreadable: [...inbox.unreadable, ...undelivered.unreadable] };
}

async function drain(shelf: Shelf<QueueMessage>, queue: MessageQueue, storedUntil: number): Promise<Drained> {
	let sent = 0;
	let refusals = 0;
	const unreadable: { key: string; reason: string }[] = [];
	const due = (await shelf.list(DRAIN_MAX_OBJECTS)).filter(({ storedAt }) => storedAt <= storedUntil);
	for (let start = 0; start < due.length && refusals < DRAIN_MAX_REFUSALS; start += DRAIN_GROUP_OBJECTS) {
		const group = due.slice(start, start + DRAIN_GROUP_OBJECTS);
		const read = await Promise.all(group.map(async ({ key }) => ({ key, ...(await shelf.read(key)) })));
		const messages: QueueMessage[] = [];
		const keys: string[] = [];
		for (const object of read) {
			if (object.ok) {
				keys.push(object.key);
				messages.push(...object.value);
			} else unreadable.push({ key: object.key, reason: object.error });
		}
		try {
			for (const send of sendsOf(messages)) await queue.send(send);
		} catch {
			refusals++;
			continue;
		}
		refusals = 0;
		if (keys.length > 0) await shelf.remove(keys);
		sent += keys.length;
	}
	return { sent, unreadable };
}
