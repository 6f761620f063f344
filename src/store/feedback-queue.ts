import type { QueueMessage } from "../contract/event.ts";
import type { MessageQueue } from "../feedback/ports.ts";
import { within } from "./within.ts";

/** Longest wait for the queue to take a send, milliseconds. After it the inbox is tried; a second copy does no harm. */
export const SEND_TIMEOUT_MS = 5000;

/** The queue's sending side over its binding. */
export function createMessageQueue(queue: Pick<Queue, "sendBatch">, timeoutMs = SEND_TIMEOUT_MS): MessageQueue {
	return {
		async send(messages: readonly QueueMessage[]) {
			await within(timeoutMs, queue.sendBatch(messages.map((body) => ({ body, contentType: "json" }))));
		},
	};
}
