import type { EventsResponse, LogLine, QueueMessage, ShopEvent } from "../contract/event.ts";
import { messagesOf } from "./chunk.ts";
import { deliver } from "./deliver.ts";
import { parseEvent } from "./parse-event.ts";
import type { EventIntake, MessageQueue, Shelf, Witness } from "./ports.ts";

export type IntakePorts = {
	readonly queue: MessageQueue;
	readonly inbox: Shelf<QueueMessage>;
	/** Whether a recommendation id bears our signature. */
	readonly isOurRecommendation: (id: string) => Promise<boolean>;
	/**
	 * A query reduced to words of the catalogue's vocabulary, in its order: whatever else was typed (a name, a phone
	 * number) is never kept. null when no word is known, or no vocabulary is at hand.
	 */
	readonly knownWordsOf: (query: string) => string | null;
	/**
	 * A keyed hash under the day's salt, hex, at most 64 characters. The shop's own order number would lead from the log
	 * to a name in the shop's books; its hash still joins the lines of one basket.
	 */
	readonly orderKeyOf: (order: string) => Promise<string>;
};

/** The intake over its ports; see EventIntake. */
export function createEventIntake(ports: IntakePorts): EventIntake {
	return {
		async accept(events, witness, allowed, now): Promise<EventsResponse> {
			const rejected: EventsResponse["rejected"] = [];
			const good: ShopEvent[] = [];
			for (const [index, event] of events.entries()) {
				const parsed = parseEvent(event, now);
				if (parsed.ok) good.push(parsed.value);
				else rejected.push({ index, ...parsed.error });
			}
			if (!allowed) return { accepted: 0, rejected, withheld: good.length };
			const lines = await Promise.all(good.map((event) => lineOf(event, witness, now, ports)));
			await deliver(messagesOf(lines), ports.queue, ports.inbox, now);
			return { accepted: lines.length, rejected, withheld: 0 };
		},
	};
}

/**
 * An accepted event as the log holds it. A recommendation id that we did not sign is dropped, not the event: what was
 * bought stays true, only its attribution was invented.
 */
async function lineOf(event: ShopEvent, { session, visitor, context }: Witness, now: number, ports: IntakePorts): Promise<LogLine> {
	const { recommendationId, query, order } = event;
	return {
		v: 1,
		...event,
		recommendationId: recommendationId !== null && (await ports.isOurRecommendation(recommendationId)) ? recommendationId : null,
		query: query === null ? null : ports.knownWordsOf(query),
		order: order === null ? null : await ports.orderKeyOf(order),
		receivedAt: now,
		session,
		...(visitor !== null && { visitor }),
		context,
	};
}
