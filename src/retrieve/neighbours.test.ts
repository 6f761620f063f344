import { expect, test } from "vitest";
import { createCandidateSet } from "./candidates.ts";
import { linksOver, reachNeighbours } from "./neighbours.ts";
import { deal } from "./popular.ts";

/** 0 -> 1 (weight 4), 2 (weight 2); 1 -> 2 (weight 3). */
const table = linksOver({
	offsets: Uint32Array.of(0, 2, 3, 3),
	targets: Uint32Array.of(1, 2, 2),
	weights: Uint8Array.of(4, 2, 3),
	scales: Float32Array.of(1, 1, 0),
});
const shape = { tau: 2, decay: [1, 0.5, 0.25] };

const reach = (history: number[], masked: number[]) => {
	const found = createCandidateSet(4, 1);
	reachNeighbours(table, shape, Int32Array.from(history), Uint8Array.from(masked), found, 0);
	return Object.fromEntries(Array.from({ length: found.size }, (_, c) => [found.rows[c], found.features[c]]));
};

test("a feature is log(1 + tau * decayed weights), newest first; a repeated item counts at each of its ages", () => {
	expect(reach([0, 1], [0, 0, 0, 0])).toEqual({ 2: Math.log1p(2 * (1 * 3 + 0.5 * 2)), 1: Math.log1p(2 * 0.5 * 4) });
	expect(reach([0, 0], [0, 0, 0, 0])).toEqual({ 1: Math.log1p(2 * 1.5 * 4), 2: Math.log1p(2 * 1.5 * 2) });
});

test("what lies beyond the window, beyond the table or under the mask brings nothing", () => {
	expect(reach([0, 2, 2, 2], [0, 0, 0, 0])).toEqual({});
	expect(reach([3], [0, 0, 0, 0])).toEqual({});
	expect(reach([0], [0, 1, 0, 0])).toEqual({ 2: Math.log1p(2 * 2) });
});

test.each([5000, 1_000_000])("a set of %d rows grows past its first size and is empty after a clearing", (rows) => {
	const found = createCandidateSet(rows, 2);
	for (let row = 4999; row >= 0; row--) found.add(row, 1, row);
	expect(found.size).toBe(5000);
	expect(found.features[found.place(17) * 2 + 1]).toBe(17);
	found.clear();
	found.add(17, 1, 1);
	expect([found.size, found.features[1]]).toEqual([1, 1]);
});

test("lists are dealt in turn, each value once", () => {
	expect(deal([["a", "b", "c"], ["x", "a"], []])).toEqual(["a", "x", "b", "c"]);
});
