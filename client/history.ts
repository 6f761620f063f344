import type { Memory } from "./memory.ts";
import type { HistoryEntry } from "./types.ts";

const KEY = "history";

/** What the shopper did, oldest first, kept in the shopper's own browser. */
export type History = {
	readonly entries: () => HistoryEntry[];
	readonly add: (entry: HistoryEntry) => void;
	/** Takes out all entries of that product and kind. */
	readonly takeOut: (item: string, event: HistoryEntry["event"]) => void;
	readonly clear: () => void;
};

/** Entries as they may be sent; what another program left there is none. */
const isEntry = (entry: Partial<HistoryEntry> | null): entry is HistoryEntry =>
	typeof entry === "object" && typeof (entry?.item ?? entry?.query) === "string" && typeof entry?.event === "string";

/**
 * @param max entries; of what is too much the oldest goes first, and dismissals may fill half of it, since a product that
 * was dismissed long ago is to stay away
 */
export function createHistory(memory: Memory, max: number): History {
	const entries = () => {
		const value = memory.read(KEY);
		return Array.isArray(value) ? value.filter(isEntry) : [];
	};
	return {
		entries,
		add(entry) {
			const before = entries();
			const last = before.at(-1);
			// A page that is loaded again, or a search that is sent twice, is no second wish.
			const isRepeated = last?.item === entry.item && last?.query === entry.query && last?.event === entry.event;
			const all = [...(isRepeated ? before.slice(0, -1) : before), entry];
			const dismissed = all.filter(({ event }) => event === "dismiss").slice(-Math.floor(max / 2));
			const wishes = all.filter(({ event }) => event !== "dismiss").slice(dismissed.length - max);
			const kept = new Set([...dismissed, ...wishes]);
			memory.write(
				KEY,
				all.filter((each) => kept.has(each)),
			);
		},
		takeOut(item, event) {
			memory.write(
				KEY,
				entries().filter((entry) => entry.item !== item || entry.event !== event),
			);
		},
		clear: () => memory.write(KEY, undefined),
	};
}
