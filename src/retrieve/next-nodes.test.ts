import { expect, test } from "vitest";
import { linksOver } from "./neighbours.ts";
import { forecasts, likeliestNext, type NextTable } from "./next-nodes.ts";

/** Nodes: 0 shoes, 1 coats, 2 trousers, 3 the search "tea". */
const TABLE: NextTable = {
	popularity: [0.4, 0.3, 0.2, 0.1],
	links: [
		[
			[1, 0.5],
			[2, 0.5],
		],
		[
			[0, 0.2],
			[2, 0.6],
			[3, 0.2],
		],
		[[3, 1]],
		[],
	],
	shares: { before: 0.1, visits: 0.1, next: 0.4, items: 0.2, twice: 0.1, popular: 0.1 },
};
/** Items 0, 1, 2 of shoes, coats, trousers: 1 leads to 2 (3) and to its own category (5), 0 to 2 (1). */
const TRANSITIONS = linksOver({
	offsets: Uint32Array.of(0, 1, 3, 3),
	targets: Uint32Array.of(2, 1, 2),
	weights: Uint8Array.of(1, 5, 3),
	scales: Float32Array.of(1, 1, 1),
});
const nodeOf = (row: number) => row;

test("each part of a forecast by hand", () => {
	// The same case stands in training/tests/test_next_search.py: shoes, shoes, "tea", coats, oldest first.
	const parts = forecasts(TABLE, [1, 3, 0, 0], [1, 0, 0], TRANSITIONS, nodeOf);
	const near = (entries: readonly (readonly [number, number])[]) =>
		new Map(entries.map(([node, chance]) => [node, expect.closeTo(chance, 12)]));
	expect(parts).toEqual({
		before: near([[3, 1]]),
		visits: near([
			[3, 1 / 3],
			[0, 2 / 3],
		]),
		next: near([
			[0, 0.2],
			[2, 0.6],
			[3, 0.2],
		]),
		items: near([[2, 1]]),
		twice: near([
			[2, 0.25],
			[3, 0.75],
		]),
		popular: near([
			[0, 0.4 / 0.7],
			[2, 0.2 / 0.7],
			[3, 0.1 / 0.7],
		]),
	});
	// Trousers 0.4 * 0.6 + 0.2 + 0.1 * 0.25 + 0.1 * 2/7; tea 0.1 + 0.1/3 + 0.08 + 0.075 + 0.1/7.
	expect(likeliestNext(TABLE, parts)).toEqual([
		[2, expect.closeTo(0.24 + 0.2 + 0.025 + 0.2 / 7, 12)],
		[3, expect.closeTo(0.1 + 0.1 / 3 + 0.08 + 0.075 + 0.1 / 7, 12)],
		[0, expect.closeTo(0.2 / 3 + 0.08 + 0.4 / 7, 12)],
	]);
});

test("without a history there is only what is popular", () => {
	const parts = forecasts(TABLE, [], [], TRANSITIONS, nodeOf);
	expect(likeliestNext(TABLE, parts).map(([node]) => node)).toEqual([0, 1, 2, 3]);
});
