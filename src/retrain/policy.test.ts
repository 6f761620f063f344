import { expect, test } from "vitest";
import { totalVariation } from "./drift.ts";
import { DRIFT_MIN_EVENTS, type RetrainPolicy, RUN_PAUSE_SECONDS, shouldRetrain } from "./policy.ts";
import type { RetrainSignals } from "./ports.ts";

const NOW = 1_795_168_800;
const policy: RetrainPolicy = { minEvents: 10_000, maxAgeSeconds: 604_800 };

/** A release of yesterday, some new events, interest as it was. */
const quiet: RetrainSignals = {
	activeCreatedAt: NOW - 86_400,
	newEvents: 9_999,
	lastRunOpenedAt: NOW - 90_000,
	recent: { makeup: 700, hair: 300 },
	trained: { makeup: 7000, hair: 3000 },
};
const reasonFor = (more: Partial<RetrainSignals>) => shouldRetrain({ ...quiet, ...more }, policy, NOW);

test("where little has changed, no run is opened", () => {
	expect(reasonFor({})).toBeNull();
});

test.each([
	[9_999, null],
	[10_000, "events"],
	[50_000, "events"],
])("%i new events: %s", (newEvents, reason) => {
	expect(reasonFor({ newEvents })).toBe(reason);
});

test.each([
	[604_799, 1, null],
	[604_800, 1, "age"],
	[604_800, 0, null],
])("a release %i seconds old, with %i new events: %s", (age, newEvents, reason) => {
	expect(reasonFor({ activeCreatedAt: NOW - age, newEvents })).toBe(reason);
});

test.each([
	["a fifth of the interest has moved", { makeup: 500, hair: 500 }, "drift"],
	["less than that has", { makeup: 501, hair: 499 }, null],
	["a new category takes it all", { perfume: DRIFT_MIN_EVENTS }, "drift"],
	["too few events tell", { perfume: DRIFT_MIN_EVENTS - 1 }, null],
])("where %s: drift is judged so", (_, recent, reason) => {
	expect(reasonFor({ recent })).toBe(reason);
});

test("before the first release, enough events are the only reason", () => {
	expect(reasonFor({ activeCreatedAt: null, trained: {} })).toBeNull();
	expect(reasonFor({ activeCreatedAt: null, trained: {}, newEvents: 10_000, lastRunOpenedAt: null })).toBe("events");
});

test("a run that came to nothing is not repeated at once", () => {
	expect(reasonFor({ newEvents: 50_000, lastRunOpenedAt: NOW - RUN_PAUSE_SECONDS + 1 })).toBeNull();
	expect(reasonFor({ newEvents: 50_000, lastRunOpenedAt: NOW - RUN_PAUSE_SECONDS })).toBe("events");
});

test.each([
	[{ a: 1 }, { a: 9 }, 0],
	[{ a: 1, b: 1 }, { a: 3, b: 1 }, 0.25],
	[{ a: 1 }, { b: 1 }, 1],
	[{ a: 2, b: 1, c: 1 }, { b: 1, c: 1, d: 2 }, 0.5],
	[{ toString: 1 }, { constructor: 1 }, 1],
	[{}, { a: 1 }, 0],
	[{}, {}, 0],
])("total variation of %j and %j is %f", (a, b, distance) => {
	expect(totalVariation(a, b, 1)).toBe(distance);
	expect(totalVariation(b, a, 1)).toBe(distance);
});
