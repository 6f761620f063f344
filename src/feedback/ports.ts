import type { CoarseContext, SessionKey } from "../contract/context.ts";
import type { EventsResponse, LogLine, MetricRow } from "../contract/event.ts";

/** What the events route asks of the feedback path. */
export interface EventIntake {
	/**
	 * Checks each event on its own and makes the good ones durable: queue, else inbox.
	 * @param events unknown as they came
	 * @param allowed false: consent is denied; good events are counted as withheld and dropped
	 * @throws RequestFailure `unavailable` when queue and inbox are both dead
	 */
	accept(events: readonly unknown[], session: SessionKey, context: CoarseContext, allowed: boolean, now: number): Promise<EventsResponse>;
}

/** One page of the log for the trainer. */
export type LogPage = { readonly lines: readonly LogLine[]; readonly cursor: string | null };

export interface LogReader {
	/** Log objects after the cursor, oldest first; each event id once. `cursor` is null at the end. */
	page(cursor: string | null): Promise<LogPage>;
}

/** Counts of an isolate, handed to the queue now and then. */
export interface MetricSink {
	record(row: Pick<MetricRow, "surface" | "source"> & { milliseconds: number | null }, now: number): void;
}
