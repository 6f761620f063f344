import { DISMISSAL, HISTORY_EVENTS, type HistoryEntry, type HistoryEvent, type RecommendationRequest } from "../contract/recommendation.ts";
import { gapBucket } from "./gap-bucket.ts";

/** One known entry: an item of the tables, or the vector of a query. */
export type KnownEntry = {
	/** Row among all rows; null for a query. */
	readonly row: number | null;
	/** Point in item space; null for an item, whose row has it. */
	readonly vector: Float32Array | null;
	/** Text of a query; null for an item. */
	readonly query: string | null;
	/** Index + 1 into HISTORY_EVENTS. */
	readonly kind: number;
	/** Bucket of the time since the entry before, known or not. */
	readonly gap: number;
	/** Unix seconds; null where it was not sent. */
	readonly at: number | null;
};

export type KnownHistory = {
	/** Oldest first. */
	readonly entries: readonly KnownEntry[];
	/** Rows of the items alone, oldest first; repeated where the history repeats. */
	readonly rows: Int32Array;
	/** Rows of the items that were dismissed; none of their entries is among the others. */
	readonly dismissed: Int32Array;
	/** Entries that neither the release nor the overlay knows, queries without a known word included. */
	readonly ignored: number;
};

/** What a history can be resolved against. */
export interface Vocabulary {
	/** @returns -1 when the id is not known */
	rowOf(id: string): number;
	/** @returns null when no word of it is known, or words are not known at all */
	vectorOf(query: string): Float32Array | null;
}

const KIND_OF_SEARCH = HISTORY_EVENTS.indexOf("search") + 1;
const KIND_OF_VIEW = HISTORY_EVENTS.indexOf("view") + 1;

/** Ids of what the history dismisses. */
export const dismissedIds = (history: readonly HistoryEntry[]): ReadonlySet<string> =>
	new Set(history.flatMap(({ item, event }) => (event === DISMISSAL && item !== undefined ? [item] : [])));

/**
 * The entries that are known, oldest first. The product that the page shows is the newest entry, unless the history
 * ends with it already. Entries of dismissed items are no signs of interest: they are left out, without being ignored.
 * @param now unix seconds: the time at which the page shows its product
 */
export function knownHistory(request: Pick<RecommendationRequest, "history" | "item">, vocabulary: Vocabulary, now: number): KnownHistory {
	const dismissed = dismissedIds(request.history);
	const shown = withShownItem(request, now).filter(({ item }) => item === undefined || !dismissed.has(item));
	const entries: KnownEntry[] = [];
	const rows: number[] = [];
	for (const [place, { item, query, event, at }] of shown.entries()) {
		const gap = place === 0 ? 0 : gapBucket(shown[place - 1]?.at, at);
		if (item !== undefined) {
			const row = vocabulary.rowOf(item);
			if (row === -1) continue;
			rows.push(row);
			entries.push({
				row,
				vector: null,
				query: null,
				kind: HISTORY_EVENTS.indexOf(event as HistoryEvent) + 1 || KIND_OF_VIEW,
				gap,
				at: at ?? null,
			});
		} else if (query !== undefined) {
			const vector = vocabulary.vectorOf(query);
			if (vector !== null) entries.push({ row: null, vector, query, kind: KIND_OF_SEARCH, gap, at: at ?? null });
		}
	}
	const hidden = Array.from(dismissed, vocabulary.rowOf).filter((row) => row !== -1);
	return { entries, rows: Int32Array.from(rows), dismissed: Int32Array.from(hidden), ignored: shown.length - entries.length };
}

function withShownItem({ history, item }: Pick<RecommendationRequest, "history" | "item">, now: number): readonly HistoryEntry[] {
	if (item === null || history.at(-1)?.item === item) return history;
	return [...history, { item, event: "view", at: now }];
}
