import { HISTORY_EVENTS } from "../contract/recommendation.ts";
import type { KnownEntry } from "./history.ts";

const KIND_OF_PURCHASE = HISTORY_EVENTS.indexOf("purchase") + 1;
/** Purchases of one history that lie no further apart are of one order, seconds. */
const ORDER_GAP_SECONDS = 30 * 60;

/**
 * How many of the shopper's orders held each product, by row. A purchase begins another order where it comes more than
 * half an hour after the one before, or where either has no time.
 * @param entries oldest first
 */
export function ordersOf(entries: readonly KnownEntry[]): ReadonlyMap<number, number> {
	const orders = new Map<number, number>();
	const inOrder = new Set<number>();
	let last: number | null = null;
	for (const { row, kind, at } of entries) {
		if (kind !== KIND_OF_PURCHASE || row === null) continue;
		if (at === null || last === null || at - last > ORDER_GAP_SECONDS) inOrder.clear();
		if (!inOrder.has(row)) orders.set(row, (orders.get(row) ?? 0) + 1);
		inOrder.add(row);
		last = at;
	}
	return orders;
}
