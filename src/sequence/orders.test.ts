import { expect, test } from "vitest";
import type { KnownEntry } from "./history.ts";
import { ordersOf } from "./orders.ts";

const [VIEW, PURCHASE] = [1, 4];
const entry = (row: number | null, at: number | null, kind = PURCHASE): KnownEntry => ({
	row,
	vector: null,
	query: null,
	kind,
	gap: 0,
	at,
});

test("counts orders, not pieces: what was bought within half an hour is one order", () => {
	const entries = [entry(1, 0), entry(2, 60), entry(1, 1_800), entry(1, 3_601), entry(3, 3_700, VIEW), entry(null, 3_800)];
	expect(ordersOf(entries)).toEqual(
		new Map([
			[1, 2],
			[2, 1],
		]),
	);
});

test("a purchase without a time is an order of its own", () => {
	expect(ordersOf([entry(1, null), entry(1, null), entry(1, 10)])).toEqual(new Map([[1, 3]]));
});
