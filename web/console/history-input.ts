import type { HistoryEntry } from "../../src/contract/recommendation.ts";

const EVENTS = ["view", "click", "cart", "purchase", "dismiss"] as const;

/**
 * A history as an operator types it, a line an entry, oldest first: `id`, `id event`, or `? words` for a query.
 * The last word of a line is an event only where it names one.
 */
export function historyOf(text: string): HistoryEntry[] {
	return text
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "")
		.map((line): HistoryEntry => {
			if (line.startsWith("?")) return { query: line.slice(1).trim(), event: "search" };
			const [, id = line, word] = /^(.*\S)\s+(\S+)$/.exec(line) ?? [];
			const event = EVENTS.find((name) => name === word);
			return event === undefined ? { item: line, event: "view" } : { item: id, event };
		});
}
