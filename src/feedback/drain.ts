import type { QueueMessage } from "../contract/event.ts";
import { sendsOf } from "./chunk.ts";
import type { MessageQueue, Shelf } from "./ports.ts";

/** Objects one run looks at, and sends, at most; the rest waits for the next minute. */
export const DRAIN_MAX_LISTED = 500;
export const DRAIN_MAX_SENT = 50;
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
 * Sends what waits outside the queue, oldest first; an object is removed only once the queue has taken all of it. A
 * dead queue ends the run at its first refusal. Two runs at once send twice, which event ids undo.
 */
export async function drainInbox(ports: DrainPorts, now: number): Promise<Drained> {
	const inbox = await drain(ports.inbox, ports.queue, now);
	const undelivered = await drain(ports.undelivered, ports.queue, now - REVIVE_AFTER_SECONDS);
	return { sent: inbox.sent + undelivered.sent, unreadable: [...inbox.unreadable, ...undelivered.unreadable] };
}

async function drain(shelf: Shelf<QueueMessage>, queue: MessageQueue, storedUntil: number): Promise<Drained> {
	let sent = 0;
	const unreadable: { key: string; reason: string }[] = [];
	for (const { key, storedAt } of await shelf.list(DRAIN_MAX_LISTED)) {
		if (sent === DRAIN_MAX_SENT) break;
		if (storedAt > storedUntil) continue;
		const read = await shelf.read(key);
		if (!read.ok) {
			unreadable.push({ key, reason: read.error });
			continue;
		}
		try {
			for (const send of sendsOf(read.value)) await queue.send(send);
		} catch {
			break;
		}
		await shelf.remove(key);
		sent++;
	}
	return { sent, unreadable };
}
