import { expect, test } from "vitest";
import { groupHours, lastHours, percentileOf, ratioOf } from "./figures.ts";

const EDGES = [1, 2, 5];

test("a percentile lies within its bucket, as far as its rank does", () => {
	expect(percentileOf([2, 6, 2, 0], EDGES, 0.5)).toBeCloseTo(1.5, 12);
	expect(percentileOf([2, 6, 2, 0], EDGES, 0.2)).toBe(1);
	expect(percentileOf([0, 0, 4, 0], EDGES, 0.25)).toBe(2.75);
});

test("a percentile of nothing is none, and one beyond all edges is the last edge", () => {
	expect(percentileOf([0, 0, 0, 0], EDGES, 0.5)).toBeNull();
	expect(percentileOf([1, 0, 0, 9], EDGES, 0.5)).toBe(5);
});

test("hours are summed by name, most requests first", () => {
	const hour = (surface: string, requests: number, latency: number[]) => ({ from: 0, surface, source: "personal", requests, latency });
	const groups = groupHours([hour("cart", 1, [1, 0]), hour("home", 2, [0, 2]), hour("home", 3, [3, 0])], ({ surface }) => surface);
	expect(groups).toEqual([
		{ name: "home", requests: 5, latency: [3, 2] },
		{ name: "cart", requests: 1, latency: [1, 0] },
	]);
});

test("the last hours end with the one that runs", () => {
	expect(lastHours(7201, 3)).toEqual([0, 3600, 7200]);
});

test("a ratio needs both counts", () => {
	expect(ratioOf({ click: 2, impression: 8 }, "click", "impression")).toBe(0.25);
	expect(ratioOf({ click: 2 }, "click", "impression")).toBeNull();
	expect(ratioOf({ click: 2, impression: 0 }, "click", "impression")).toBeNull();
});
