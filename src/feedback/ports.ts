import type { CoarseContext, SessionKey, VisitorKey } from "../contract/context.ts";
import type { CrowdValue } from "../contract/crowd.ts";
import type { DataKeyName, EventsResponse, LogLine, MetricRow, QueueMessage, Report, SealedLine, StoredLine } from "../contract/event.ts";
import type { Result } from "../contract/result.ts";
import type { Channel } from "../privacy/randomised-response.ts";

/** Who sent events, as far as the log may know. */
export type Witness = {
	readonly session: SessionKey;
	/** null where no key could be made that all isolates share: then nobody is counted by it. */
	readonly visitor: VisitorKey | null;
	/** As coarse as it gets at the door, each value whether released or not. */
	readonly context: CoarseContext;
	/** Where the shop named a pseudonym: the key that its events are to lie under. */
	readonly dataKey?: DataKeyName | undefined;
};

/** Lines under keys that can be destroyed. */
export interface LineVault {
	/** Seals lines under a key, which is made where there is none. @throws when the key can neither be had nor made */
	seal(lines: readonly LogLine[], name: DataKeyName): Promise<SealedLine[]>;
	/** Opens what is sealed; null in the place of what can never be read again. @throws when it is not known whether it can */
	open(lines: readonly StoredLine[]): Promise<(LogLine | null)[]>;
	/** Safe to repeat, and the same for keys that never were. */
	destroy(names: readonly DataKeyName[]): Promise<void>;
}

/** The keyed mode: a shop names shoppers by pseudonyms of its own, and can have what is logged of one erased. */
export interface Erasure {
	/** @param at unix seconds of receipt */
	dataKeyFor(pseudonym: string, at: number): Promise<DataKeyName>;
	/** Nothing logged of the pseudonym up to now can be read from then on. Nothing tells whether there was anything. */
	erase(pseudonym: string, now: number): Promise<void>;
}

/** What the events route asks of the feedback path. */
export interface EventIntake {
	/**
	 * Checks each event on its own and makes the good ones durable: queue, else inbox.
	 * @param events unknown as they came
	 * @param allowed false: consent is denied; good events are counted as withheld and dropped
	 * @throws RequestFailure `unavailable` when queue and inbox are both dead
	 */
	accept(events: readonly unknown[], witness: Witness, allowed: boolean, now: number): Promise<EventsResponse>;
}

/** One page of the log for the trainer. */
export type LogPage = { readonly lines: readonly LogLine[]; readonly cursor: string | null };

export interface LogReader {
	/**
	 * Log objects after the cursor, oldest first; each event id once, and none that was erased. `cursor` is null at the end.
	 * @throws RequestFailure `log_unreadable`, naming the object, when one is missing, altered or under an unknown key
	 */
	page(cursor: string | null): Promise<LogPage>;
}

/** Counts of an isolate, handed to the queue now and then. */
export interface MetricSink {
	record(row: Pick<MetricRow, "surface" | "source"> & { milliseconds: number | null }, now: number): void;
	/**
	 * Sends what was counted, at most every METRIC_FLUSH_SECONDS.
	 * @returns work for `waitUntil`, which never rejects; null when nothing is due
	 */
	flush(now: number): Promise<void> | null;
}

/** The queue's sending side. One call is one send of the platform: all messages or none. */
export interface MessageQueue {
	/** @throws when nothing was taken, or when it is not known whether it was */
	send(messages: readonly QueueMessage[]): Promise<void>;
}

export type ShelfEntry = {
	readonly key: string;
	/** Unix seconds. */
	readonly storedAt: number;
};

/** Encrypted objects that wait outside the queue: the inbox, and what the queue gave up on. */
export interface Shelf<T> {
	/**
	 * Puts values away as one object.
	 * @param receivedAt unix seconds: the oldest receipt among them; retention goes by it
	 */
	put(values: readonly T[], receivedAt: number): Promise<void>;
	/** Oldest receipt first. */
	list(limit: number): Promise<readonly ShelfEntry[]>;
	/** @returns the reason in words when the object cannot be read */
	read(key: string): Promise<Result<readonly T[], string>>;
	/** @param keys at most 1000 */
	remove(keys: readonly string[]): Promise<void>;
}

/** A message that is none of ours, as kept for a person to look at. */
export type MalformedMessage = { readonly id: string; readonly attempts: number; readonly body: unknown };

export type LogObject = {
	/** R2 key. */
	readonly key: string;
	/** Id of the key that it is encrypted under. */
	readonly keyId: string;
	/** Unix seconds: the oldest receipt among its lines. */
	readonly receivedAt: number;
};

/** The list of categories that reports speak of now, and the channel they go through. */
export type ReportDomain = { readonly id: string; readonly categories: readonly (string | null)[]; readonly channel: Channel };

/** What is needed to report in place of logging. */
export interface LocalReporting {
	/** @throws when the database cannot be read and nothing is held */
	domain(now: number): Promise<ReportDomain>;
	categoriesOf(items: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
	/** Uniform in [0, 1). */
	readonly draw: () => number;
}

/** The log's writing side. */
export interface EventLog {
	/** @param lines at least one, ids distinct */
	write(lines: readonly StoredLine[]): Promise<LogObject>;
	remove(key: string): Promise<void>;
}

export type MetricsMessage = Extract<QueueMessage, { kind: "metrics" }>;

/** One visitor who speaks for one value on one day. */
export type CrowdMark = {
	/** Unix seconds: the start of the UTC day of receipt. */
	readonly day: number;
	readonly value: CrowdValue;
	/** Keyed hash of the value, hex. */
	readonly valueKey: string;
	/** Keyed hash of visitor and value, uniform in [0, 2^52). */
	readonly mark: number;
};

/** One transaction's worth of what a queue batch brought. */
export type Recorded = {
	readonly object: LogObject | null;
	/** The object's lines in its order; ids distinct. */
	readonly lines: readonly LogLine[];
	readonly marks: readonly CrowdMark[];
	readonly reports: readonly Report[];
	/** Ids distinct. */
	readonly metrics: readonly MetricsMessage[];
};

/** The database's side: ids, counts, rollups. */
export interface EventCounts {
	/**
	 * Records ids, the log object and all counts in one transaction. Ids that are known already count nothing.
	 * @returns false when no line was new: the object was not entered and nobody will read it
	 */
	record(batch: Recorded, now: number): Promise<boolean>;
	/** Categories of those of the items that the catalogue has or had; null: none. */
	categoriesOf(items: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
	/** Counts each queue message once, however often it is delivered. */
	countDeadLetters(messageIds: readonly string[], now: number): Promise<void>;
}

/** A message as the queue delivers it: its sender is taken for unknown. */
export interface QueuedMessage {
	readonly id: string;
	/** Deliveries so far, this one included: 1 at first. */
	readonly attempts: number;
	readonly body: unknown;
	ack(): void;
	retry(options?: { delaySeconds?: number }): void;
}

export type QueuedBatch = { readonly messages: readonly QueuedMessage[] };
