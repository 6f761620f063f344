import * as v from "valibot";
import { QueueMessage, type Report, type StoredLine } from "../contract/event.ts";
import type { DaySalt } from "../privacy/ports.ts";
import { crowdMarksOf } from "./crowd-marks.ts";
import { putAway } from "./dead-letters.ts";
import type { EventCounts, EventLog, LineVault, MalformedMessage, MetricsMessage, QueuedBatch, QueuedMessage, Shelf } from "./ports.ts";
import { settle } from "./settle.ts";

export type ConsumerPorts = {
	readonly log: EventLog;
	readonly counts: EventCounts;
	readonly vault: Pick<LineVault, "open">;
	readonly salt: Pick<DaySalt, "stored">;
	/** Messages that no delivery can mend. */
	readonly malformed: Shelf<MalformedMessage>;
};

/** What a batch came to, counts of messages. */
export type ConsumedBatch = { readonly stored: number; readonly malformed: number; readonly retried: number };

/**
 * Takes a queue batch into the log: one object, then one transaction, then the acknowledgement. Whatever fails before
 * the last step, the queue delivers again, and ids that are known already count nothing: each event is read and counted
 * once. A message that is not ours is put away among the dead letters.
 */
export async function consumeFeedback(batch: QueuedBatch, ports: ConsumerPorts, now: number): Promise<ConsumedBatch> {
	const good: { readonly message: QueuedMessage; readonly body: QueueMessage }[] = [];
	const bad: QueuedMessage[] = [];
	for (const message of batch.messages) {
		const parsed = v.safeParse(QueueMessage, message.body, { abortEarly: true });
		if (parsed.success) good.push({ message, body: parsed.output });
		else bad.push(message);
	}
	const messages = good.map(({ message }) => message);
	const stored = await settle(messages, () =>
		store(
			good.map(({ body }) => body),
			ports,
			now,
		),
	);
	const dead = await settle(bad, () => putAway(bad, ports.malformed, ports.counts, now));
	return {
		stored: stored ? messages.length : 0,
		malformed: dead ? bad.length : 0,
		retried: (stored ? 0 : messages.length) + (dead ? 0 : bad.length),
	};
}

async function store(bodies: readonly QueueMessage[], { log, counts, vault, salt }: ConsumerPorts, now: number): Promise<void> {
	const lines = new Map<string, StoredLine>();
	const metrics = new Map<string, MetricsMessage>();
	const reports: Report[] = [];
	for (const body of bodies) {
		if (body.kind === "metrics") metrics.set(body.id, body);
		else if (body.kind === "report") reports.push(body.report);
		else for (const line of body.lines) if (!lines.has(line.id)) lines.set(line.id, line);
	}
	const distinct = [...lines.values()];
	const opened = await vault.open(distinct);
	// What was erased on its way is dropped; what is sealed is counted open and logged as it came.
	const readable = opened.filter((line) => line !== null);
	const kept = distinct.filter((_, index) => opened[index] !== null);
	const marks = await crowdMarksOf(readable, {
		categoriesOf: (items) => counts.categoriesOf(items),
		saltOf: (receivedAt) => salt.stored(receivedAt, now),
	});
	const object = kept.length > 0 ? await log.write(kept) : null;
	const entered = await counts.record({ object, lines: readable, marks, reports, metrics: [...metrics.values()] }, now);
	// Only tidiness: an object that was not entered is never read, and retention would find it.
	if (object !== null && !entered) await log.remove(object.key).catch(() => {});
}
