import type { QueueMessage, StoredLine } from "../contract/event.ts";

/** Lines one message carries at most. */
export const MESSAGE_MAX_LINES = 100;
/** Bytes of JSON one message carries at most. The platform stops at 128 KB, its own overhead included. */
export const MESSAGE_MAX_BYTES = 100_000;
/** Bytes and messages one send carries at most. The platform stops at 256 KB and 100 messages. */
export const SEND_MAX_BYTES = 240_000;
export const SEND_MAX_MESSAGES = 100;

const encoder = new TextEncoder();

/** Size of a value as the queue carries it, bytes of JSON in UTF-8. */
export const jsonBytes = (value: unknown): number => encoder.encode(JSON.stringify(value)).byteLength;

/** Splits in order so that no part exceeds either limit; a value larger than `maxBytes` gets a part of its own. */
export function chunk<T>(values: readonly T[], sizeOf: (value: T) => number, maxBytes: number, maxCount: number): T[][] {
	const chunks: T[][] = [];
	let bytes = 0;
	for (const value of values) {
		const size = sizeOf(value);
		const last = chunks.at(-1);
		if (last === undefined || bytes + size > maxBytes || last.length >= maxCount) {
			chunks.push([value]);
			bytes = size;
		} else {
			last.push(value);
			bytes += size;
		}
	}
	return chunks;
}

/** Log lines as queue messages, in order. The comma between lines is counted with each. */
export const messagesOf = (lines: readonly StoredLine[]): QueueMessage[] =>
	chunk(lines, (line) => jsonBytes(line) + 1, MESSAGE_MAX_BYTES, MESSAGE_MAX_LINES).map((part) => ({ kind: "events", lines: part }));

/** Queue messages as the sends that carry them, in order. */
export const sendsOf = (messages: readonly QueueMessage[]): QueueMessage[][] =>
	chunk(messages, jsonBytes, SEND_MAX_BYTES, SEND_MAX_MESSAGES);
