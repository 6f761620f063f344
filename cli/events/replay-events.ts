import { createHash } from "node:crypto";
import { EVENTS_MAX_PER_REQUEST, EventsResponse } from "../../src/contract/event.ts";
import type { Client } from "../client.ts";
import { runParallel } from "../parallel.ts";
import type { FileEvent } from "./read-events.ts";

/** Events whose order between sessions is given up so that requests can run side by side. */
const WINDOW_EVENTS = 2000;

export type ReplayTotals = {
	accepted: number;
	withheld: number;
	/** Rejected events by "code path". */
	readonly rejected: Map<string, number>;
};

type ReplayJob = {
	readonly events: readonly FileEvent[];
	readonly client: Client;
	/** 8 hex digits that stand for the file: part of each event's id, so that a second replay is counted once. */
	readonly fileHash: string;
	/** Seconds added to every time. */
	readonly shift: number;
	readonly concurrency: number;
	/** Waits until the window that begins this many seconds after the first event is due. */
	readonly waitFor: (secondsIn: number) => Promise<unknown>;
	readonly onProgress: (sent: number, totals: ReplayTotals) => void;
};

/** First 8 hex digits of the sha256 of a file's content. */
export const fileHashOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex").slice(0, 8);

/** Id of the event on a line: the same file and line give the same id. */
export const eventIdOf = (fileHash: string, line: number): string => `replay-${fileHash}-${String(line).padStart(8, "0")}`;

/**
 * Posts the events in windows, one after the other; within a window sessions run side by side and each session's events
 * stay in order.
 * @throws CommandFailure when the server stays away
 */
export async function replayEvents(job: ReplayJob): Promise<ReplayTotals> {
	const totals: ReplayTotals = { accepted: 0, withheld: 0, rejected: new Map() };
	const startAt = job.events[0]?.at ?? 0;
	let sent = 0;
	for (let start = 0; start < job.events.length; start += WINDOW_EVENTS) {
		const window = job.events.slice(start, start + WINDOW_EVENTS);
		await job.waitFor((window[0] as FileEvent).at - startAt);
		const bySession = Map.groupBy(window, ({ session }) => session);
		await runParallel(bySession, job.concurrency, async ([session, events]) => {
			for (let from = 0; from < events.length; from += EVENTS_MAX_PER_REQUEST) {
				const batch = events.slice(from, from + EVENTS_MAX_PER_REQUEST);
				await post(job, session, batch, totals);
				sent += batch.length;
				job.onProgress(sent, totals);
			}
		});
	}
	return totals;
}

async function post(
	{ client, fileHash, shift }: ReplayJob,
	session: string,
	events: readonly FileEvent[],
	totals: ReplayTotals,
): Promise<void> {
	const body = {
		consent: true,
		session,
		events: events.map(({ line, type, at, item, query, rest }) => ({
			id: eventIdOf(fileHash, line),
			type,
			...(item !== null && { item }),
			...(query !== null && { query }),
			...rest,
			at: at + shift,
		})),
	};
	// An id is kept once, so a request whose answer was lost may go again.
	const answer = await client.call(EventsResponse, "POST", "/v1/events", body, { idempotent: true });
	totals.accepted += answer.accepted;
	totals.withheld += answer.withheld;
	for (const { code, path } of answer.rejected) {
		const reason = `${code} ${path}`.trim();
		totals.rejected.set(reason, (totals.rejected.get(reason) ?? 0) + 1);
	}
}
