import * as fc from "fast-check";
import { expect, test } from "vitest";
import { composePage } from "./compose-page.ts";
import { byScore, reciprocalRankFusion } from "./reciprocal-rank-fusion.ts";

test("the shelf worth most comes first and keeps its products; the others show what is left", () => {
	const page = composePage([
		{ limit: 2, products: [1, 2, 3], chances: [0.1, 0.1, 0.05] },
		{ limit: 2, products: [2, 2, 1, 4], chances: [0.1, 0.1, 0.3, 0.1] },
	]);
	// 0.1 + 0.3 / log2(3) against 0.1 + 0.1 / log2(3); then only 3 is left to the other.
	expect(page.map(({ list, entries }) => [list, entries])).toEqual([
		[1, [0, 2]],
		[0, [2]],
	]);
	expect(page[0]?.expected).toBeCloseTo(0.1 + 0.3 / Math.log2(3), 12);
	expect(page[1]?.expected).toBeCloseTo(0.05, 12);
});

test("shelves of equal worth keep the order asked for", () => {
	const list = { limit: 1, products: [1, 2, 3], chances: [0, 0, 0] };
	expect(composePage([list, list, list]).map(({ list: n, entries }) => [n, entries])).toEqual([
		[0, [0]],
		[1, [1]],
		[2, [2]],
	]);
});

test("no product stands twice, no shelf is longer than its limit nor shorter than it has to be, and none is worth more than the first", () => {
	const list = fc
		.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 15 })
		.chain((entries) => fc.record({ limit: fc.integer({ min: 1, max: 8 }), entries: fc.constant(entries) }))
		.map(({ limit, entries }) => ({ limit, products: entries.map(([product]) => product), chances: entries.map(([, chance]) => chance) }));
	fc.assert(
		fc.property(fc.array(list, { maxLength: 6 }), (lists) => {
			const page = composePage(lists);
			expect(page.map((placed) => placed.list).sort()).toEqual([...lists.keys()]);
			const before = new Set<number>();
			for (const each of lists) expect(composePage([each])[0]?.expected).toBeLessThanOrEqual(page[0]?.expected as number);
			for (const placed of page) {
				const { limit, products } = lists[placed.list] as (typeof lists)[number];
				const left = new Set(products.filter((product) => !before.has(product)));
				expect(placed.entries.length).toBe(Math.min(limit, left.size));
				for (const entry of placed.entries) {
					expect(before.has(products[entry] as number)).toBe(false);
					before.add(products[entry] as number);
				}
			}
		}),
	);
});

test("fused ranks are the sum of 1 / (60 + rank); what an order lacks gains nothing from it", () => {
	const scores = reciprocalRankFusion([
		[7, 8, 9],
		[8, 6],
	]);
	expect(scores.get(7)).toBe(1 / 61);
	expect(scores.get(8)).toBeCloseTo(1 / 62 + 1 / 61, 15);
	expect(byScore(scores)).toEqual([8, 7, 6, 9]);
});
