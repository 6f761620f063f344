import { RequestFailure } from "../contract/errors.ts";
import type { QueueMessage } from "../contract/event.ts";
import { sendsOf } from "./chunk.ts";
import type { MessageQueue, Shelf } from "./ports.ts";

/** When a client may try again while queue and inbox are both dead, seconds. */
export const RETRY_AFTER_SECONDS = 30;

/**
 * Makes messages durable: the queue first; from the first send that fails on, the inbox takes the rest. What was sent
 * twice is harmless, since event ids are counted once.
 * @throws RequestFailure `unavailable` when both failed; a part may be in the queue by then
 */
export async function deliver(
	messages: readonly QueueMessage[],
	queue: MessageQueue,
	inbox: Shelf<QueueMessage>,
	now: number,
): Promise<void> {
	const sends = sendsOf(messages);
	for (const [index, send] of sends.entries()) {
		try {
			await queue.send(send);
		} catch {
			return putInInbox(sends.slice(index).flat(), inbox, now);
		}
	}
}

async function putInInbox(messages: readonly QueueMessage[], inbox: Shelf<QueueMessage>, now: number): Promise<void> {
	try {
		await inbox.put(messages, now);
	} catch {
		throw new RequestFailure({ kind: "unavailable", retryAfterSeconds: RETRY_AFTER_SECONDS });
	}
}
