import * as v from "valibot";
import { QueueMessage } from "../contract/event.ts";
import type { EventCounts, MalformedMessage, QueuedBatch, QueuedMessage, Shelf } from "./ports.ts";
import { settle } from "./settle.ts";

export type DeadLetterPorts = {
	readonly counts: EventCounts;
	/** Sound messages that the queue gave up on; cron sends them again (`drainInbox`). */
	readonly undelivered: Shelf<QueueMessage>;
	/** Messages that no delivery can mend. */
	readonly malformed: Shelf<MalformedMessage>;
};

/** Takes the dead-letter queue into R2. Only R2 is needed: the database may be the reason why the messages died. */
export async function consumeDeadLetters(batch: QueuedBatch, ports: DeadLetterPorts, now: number): Promise<void> {
	const sound = batch.messages.filter(({ body }) => v.is(QueueMessage, body));
	const malformed = batch.messages.filter((message) => !sound.includes(message));
	await settle(sound, async () => {
		const bodies = sound.map(({ body }) => body as QueueMessage);
		await ports.undelivered.put(bodies, oldestReceipt(bodies, now));
		await count(sound, ports.counts, now);
	});
	await settle(malformed, () => putAway(malformed, ports.malformed, ports.counts, now));
}

/** Keeps malformed messages for a person to look at, and counts them. */
export async function putAway(
	messages: readonly QueuedMessage[],
	shelf: Shelf<MalformedMessage>,
	counts: EventCounts,
	now: number,
): Promise<void> {
	await shelf.put(
		messages.map(({ id, attempts, body }) => ({ id, attempts, body: asJson(body) })),
		now,
	);
	await count(messages, counts, now);
}

/** A count that fails must not keep a letter from being put away: after its last delivery it would be lost. */
async function count(messages: readonly QueuedMessage[], counts: EventCounts, now: number): Promise<void> {
	try {
		await counts.countDeadLetters(
			messages.map(({ id }) => id),
			now,
		);
	} catch {
		console.error(JSON.stringify({ level: "error", stage: "dead-letters", uncounted: messages.length }));
	}
}

/** Retention goes by receipt, however often a message was put away in between. */
function oldestReceipt(bodies: readonly QueueMessage[], now: number): number {
	const receipts = bodies.flatMap((body) => receiptsOf(body));
	return receipts.reduce((oldest, at) => Math.min(oldest, at), now);
}

function receiptsOf(body: QueueMessage): readonly number[] {
	switch (body.kind) {
		case "events":
			return body.lines.map((line) => line.receivedAt);
		case "report":
			return [body.report.receivedAt];
		case "metrics":
			return [];
	}
}

/** The queue carries structured clones, some of which JSON cannot (bigint, cycles). */
function asJson(body: unknown): unknown {
	try {
		JSON.stringify(body);
		return body;
	} catch {
		return String(body);
	}
}
