import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawnFrom, type Exploration, placesWithoutPins, policyName, propensityOf, readPolicy } from "./policy.ts";

const EXPLORATION: Exploration = { share: 0.1, keep: 2, places: 10, reserve: 18, pinned: [] };

test("a policy's name gives back what it tells, and says nothing where nothing is asked for", () => {
	expect(policyName({ diversity: 0, novelty: 0, exploration: null })).toBe("fused-1");
	expect(policyName({ diversity: 0.3, novelty: 0.2, exploration: EXPLORATION })).toBe("fused-1-d30-n20-e1000-2-10-18");
	expect(policyName({ diversity: 0, novelty: 0, exploration: { ...EXPLORATION, pinned: [0, 2, 5] } })).toBe("fused-1-e1000-2-10-18-25");
	const hundredths = fc.integer({ min: 0, max: 100 }).map((value) => value / 100);
	const exploration = fc.record({
		share: fc.integer({ min: 1, max: 10_000 }).map((value) => value / 10_000),
		keep: fc.integer({ min: 0, max: 99 }),
		places: fc.integer({ min: 0, max: 100 }),
		reserve: fc.integer({ min: 2, max: 200 }),
		pinned: fc.uniqueArray(fc.integer({ min: 0, max: 99 })).map((places) => places.toSorted((a, b) => a - b)),
	});
	fc.assert(
		fc.property(fc.record({ diversity: hundredths, novelty: hundredths, exploration: fc.option(exploration) }), (policy) => {
			expect(policyName(policy)).toMatch(/^[\w-]+$/);
			expect(readPolicy(policyName(policy))).toEqual(policy);
		}),
	);
	for (const other of ["rank-1", "fused-2", "fused-1-e1000", "fused-1-x"]) expect(readPolicy(other)).toBeNull();
});

test("over all seeds each rank stands at each place as often as its propensity says", () => {
	const seeds = 40_000;
	const { places } = EXPLORATION;
	const times = new Map<string, number>();
	let explored = 0;
	for (let n = 0; n < seeds; n++) {
		// Spread over all 32 bits.
		const { isExplored, ranks } = drawnFrom(Math.imul(n, 0x9e3779b1) >>> 0, { ...EXPLORATION, share: 0.5 });
		explored += Number(isExplored);
		expect(new Set(ranks).size).toBe(places);
		if (!isExplored) expect(ranks).toEqual(Array.from(ranks, (_, place) => place));
		for (const [place, rank] of ranks.entries()) times.set(`${place} ${rank}`, (times.get(`${place} ${rank}`) ?? 0) + 1);
	}
	expect(Math.abs(explored / seeds - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / seeds));
	for (let place = 0; place < places; place++) {
		let sum = 0;
		for (let rank = 0; rank < 25; rank++) {
			const chance = propensityOf({ ...EXPLORATION, share: 0.5 }, place, rank);
			sum += chance;
			const seen = (times.get(`${place} ${rank}`) ?? 0) / seeds;
			// Of 250 cells the farthest lies within five standard errors.
			expect(Math.abs(seen - chance), `place ${place}, rank ${rank}`).toBeLessThanOrEqual(5 * Math.sqrt((chance * (1 - chance)) / seeds));
		}
		expect(sum).toBeCloseTo(1, 12);
	}
});

test("a propensity is worked out from the name: kept, drawn, and out of reach", () => {
	expect(propensityOf(EXPLORATION, 1, 1)).toBe(1);
	expect(propensityOf(EXPLORATION, 1, 2)).toBe(0);
	expect(propensityOf(EXPLORATION, 4, 4)).toBeCloseTo(0.9 + 0.1 / 18, 12);
	expect(propensityOf(EXPLORATION, 4, 19)).toBeCloseTo(0.1 / 18, 12);
	expect(propensityOf(EXPLORATION, 4, 20)).toBe(0);
	expect(placesWithoutPins({ places: 3, pinned: [0, 2] })).toEqual([-1, 0, -1, 1, 2]);
});
