import { RequestFailure } from "../contract/errors.ts";
import type { DataKeyName, EventsResponse, LogLine, MaskedKind, QueueMessage, SealedLine, ShopEvent } from "../contract/event.ts";
import { keptQuery } from "../privacy/query-words.ts";
import { messagesOf } from "./chunk.ts";
import { deliver, RETRY_AFTER_SECONDS } from "./deliver.ts";
import { reportOf } from "./local-report.ts";
import { parseEvent } from "./parse-event.ts";
import type { EventIntake, LineVault, LocalReporting, MessageQueue, Shelf, Witness } from "./ports.ts";

export type IntakePorts = {
	readonly queue: MessageQueue;
	readonly inbox: Shelf<QueueMessage>;
	/** What events of a pseudonym are put into at the door, so that no store ever holds them otherwise. */
	readonly vault: Pick<LineVault, "seal">;
	/** Whether a recommendation id bears our signature. */
	readonly isOurRecommendation: (id: string) => Promise<boolean>;
	/** Words of the catalogue's vocabulary in a text; null when it has none of them, or no vocabulary is at hand. */
	readonly knownWordsOf: (text: string) => string | null;
	/** Those of the ids that are the catalogue's: whatever else a page sends as an item may be anything that was typed. */
	readonly knownItemsOf: (items: readonly string[]) => Promise<ReadonlySet<string>>;
	/** A surface as the shop names it; OTHER_SURFACE for all that it does not name. */
	readonly surfaceOf: (surface: string) => string;
	/** Set where the shop takes one noised report a visitor and day in place of events. */
	readonly reporting: LocalReporting | null;
	/**
	 * A keyed hash, hex, 16 to 64 characters, the same for as long as an id is remembered: the page makes ids, and may make
	 * them of anything.
	 */
	readonly eventKeyOf: (id: string) => Promise<string>;
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
			if (ports.reporting !== null) {
				const report = await reportOf(good, witness, now, ports.reporting);
				if (report !== null) await deliver([{ kind: "report", report }], ports.queue, ports.inbox, now);
				const accepted = report === null ? 0 : 1;
				return { accepted, rejected, withheld: good.length - accepted };
			}
			const known = await ports.knownItemsOf(good.flatMap(({ item }) => (item === null ? [] : [item])));
			const lines = await Promise.all(good.map((event) => lineOf(event, known, witness, now, ports)));
			const stored = witness.dataKey === undefined ? lines : await sealedOrUnavailable(lines, witness.dataKey, ports.vault);
			await deliver(messagesOf(stored), ports.queue, ports.inbox, now);
			return { accepted: lines.length, rejected, withheld: 0 };
		},
	};
}

/** What cannot be sealed is not taken: unsealed it could not be erased. */
async function sealedOrUnavailable(lines: readonly LogLine[], name: DataKeyName, vault: IntakePorts["vault"]): Promise<SealedLine[]> {
	if (lines.length === 0) return [];
	try {
		return await vault.seal(lines, name);
	} catch {
		throw new RequestFailure({ kind: "unavailable", retryAfterSeconds: RETRY_AFTER_SECONDS });
	}
}

/**
 * An accepted event as the log holds it: of free text only what the shop itself has published. A recommendation id that
 * we did not sign is dropped, not the event: what was bought stays true, only its attribution was invented.
 */
async function lineOf(
	event: ShopEvent,
	knownItems: ReadonlySet<string>,
	{ session, visitor, context }: Witness,
	now: number,
	ports: IntakePorts,
): Promise<LogLine> {
	const { id, item, recommendationId, order } = event;
	const { query, cut } = event.query === null ? { query: null, cut: [] } : keptQuery(event.query, ports.knownWordsOf);
	const isKnown = item === null || knownItems.has(item);
	const surface = event.surface === null ? null : ports.surfaceOf(event.surface);
	const masked: MaskedKind[] = [...cut, ...(isKnown ? [] : ["item" as const]), ...(surface === event.surface ? [] : ["surface" as const])];
	return {
		v: 1,
		...event,
		id: await ports.eventKeyOf(id),
		item: isKnown ? item : null,
		surface,
		query,
		recommendationId: recommendationId !== null && (await ports.isOurRecommendation(recommendationId)) ? recommendationId : null,
		order: order === null ? null : await ports.orderKeyOf(order),
		receivedAt: now,
		session,
		...(visitor !== null && { visitor }),
		...(masked.length > 0 && { masked }),
		context,
	};
}
