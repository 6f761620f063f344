import type { RecommendationFields } from "../../src/contract/candidate.ts";
import type { CoarseContext } from "../../src/contract/context.ts";
import type { EventType, LogLine } from "../../src/contract/event.ts";
import { type Drawn, drawnFrom, type Policy, readPolicy } from "../../src/contract/policy.ts";
import type { HistoryEntry } from "../../src/contract/recommendation.ts";

/** Kinds of events that a browser's history holds. */
const REMEMBERED: readonly EventType[] = ["view", "cart", "purchase", "search", "dismiss"];
/** Entries that a browser's history holds unless told otherwise. */
const HISTORY_MAX_ENTRIES = 200;

/** A product that the shopper saw, at its place in the whole list, from 0. */
export type SeenItem = { readonly position: number; readonly item: string; readonly isRewarded: boolean };

/** An answer of an exploring surface as the log and its signed id tell it. */
export type OfferedAnswer = {
	/** The visitor of a day, else the session: what is drawn together by the bootstrap. */
	readonly cluster: string;
	readonly policy: Policy & { readonly exploration: NonNullable<Policy["exploration"]> };
	readonly drawn: Drawn;
	/** What the log holds of the session before the answer, oldest first. */
	readonly history: readonly HistoryEntry[];
	readonly context: CoarseContext;
	/** By position. */
	readonly seen: readonly SeenItem[];
};

/** What the ids of a log came to, counts of distinct ids. */
export type IdTally = {
	ids: number;
	/** Not signed by the Worker that was asked. */
	forged: number;
	/** Of another surface, or of a time before the range. */
	elsewhere: number;
	/** Of a list that could not have been drawn. */
	undrawn: number;
	/** Seen with two products at one place: the page told of another answer. */
	contradictory: number;
	/** Never seen. */
	unseen: number;
};

export type OfferedLog = { readonly answers: readonly OfferedAnswer[]; readonly tally: IdTally };

/** Distinct recommendation ids of the lines. */
export const idsOf = (lines: readonly LogLine[]): string[] => [
	...new Set(lines.flatMap(({ recommendationId }) => (recommendationId === null ? [] : [recommendationId]))),
];

export type Asked = {
	readonly surface: string;
	/** Unix seconds; answers before it are left out, and still make histories. */
	readonly since: number;
	/** Kind of event that is the reward. */
	readonly event: EventType;
};

/**
 * Joins what was offered with what was seen and done. An impression says that a place was seen and what stood there; a
 * reward counts where its product was seen.
 * @param fieldsOf what each id of the lines holds; null: it was not signed
 */
export function offeredAnswers(
	lines: readonly LogLine[],
	fieldsOf: ReadonlyMap<string, RecommendationFields | null>,
	{ surface, since, event }: Asked,
): OfferedLog {
	const byId = Map.groupBy(lines, ({ recommendationId }) => recommendationId);
	const bySession = Map.groupBy(
		lines.filter(({ type }) => REMEMBERED.includes(type)),
		({ session }) => session,
	);
	for (const own of bySession.values()) own.sort((a, b) => a.at - b.at);
	const answers: OfferedAnswer[] = [];
	const tally: IdTally = { ids: 0, forged: 0, elsewhere: 0, undrawn: 0, contradictory: 0, unseen: 0 };
	for (const [id, told] of byId) {
		if (id === null) continue;
		tally.ids++;
		const fields = fieldsOf.get(id) ?? null;
		const policy = fields === null ? null : readPolicy(fields.policy);
		const seen = seenIn(told, event);
		const first = told[0] as LogLine;
		if (fields === null) tally.forged++;
		else if (fields.surface !== surface || fields.at < since) tally.elsewhere++;
		else if (policy === null || policy.exploration === null) tally.undrawn++;
		else if (seen === null) tally.contradictory++;
		else if (seen.length === 0) tally.unseen++;
		else {
			const { exploration } = policy;
			answers.push({
				cluster: first.visitor ?? first.session,
				policy: { ...policy, exploration },
				drawn: drawnFrom(fields.seed, exploration),
				history: historyBefore(bySession.get(first.session) ?? [], fields.at, id),
				context: first.context,
				seen,
			});
		}
	}
	return { answers, tally };
}

/** @returns by position; null where two products stood at one */
function seenIn(told: readonly LogLine[], event: EventType): SeenItem[] | null {
	const rewarded = new Set(told.flatMap(({ type, item }) => (type === event && item !== null ? [item] : [])));
	const items = new Map<number, string>();
	for (const { type, item, position } of told) {
		if (type !== "impression" || item === null || position === null) continue;
		if ((items.get(position) ?? item) !== item) return null;
		items.set(position, item);
	}
	return [...items].sort(([a], [b]) => a - b).map(([position, item]) => ({ position, item, isRewarded: rewarded.has(item) }));
}

/** What the browser would have sent, as far as the log knows: what came of the answer itself is none of it. */
function historyBefore(own: readonly LogLine[], at: number, id: string): HistoryEntry[] {
	return own
		.filter((line) => line.at <= at && line.recommendationId !== id && (line.item !== null || line.query !== null))
		.slice(-HISTORY_MAX_ENTRIES)
		.map(({ type, item, query, at: time }) => {
			const event = type as HistoryEntry["event"];
			return item !== null ? { item, event, at: time } : { query: query as string, event, at: time };
		});
}
