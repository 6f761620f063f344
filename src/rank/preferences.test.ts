import * as fc from "fast-check";
import { expect, test } from "vitest";
import { confidenceFrom, effectiveNumber, normalBelow, preferencesOf, sharesBelow, weightedQuantile } from "./preferences.ts";

test("a preference is what is taken more than it is offered, the surer the more products say so", () => {
	const offered = new Map([
		[0, 90],
		[1, 10],
	]);
	// A tenth of the catalogue, two of two products: mean (2 + 0.2) / 4 = 0.55, deviation sqrt(0.55 * 0.45 / 5) = 0.2225, z = 2.02.
	const [rare] = preferencesOf(new Map([[1, 2]]), offered);
	expect(rare).toMatchObject({ code: 1, share: 1 });
	expect(rare?.confidence).toBeCloseTo(0.9785, 3);
	// Nine of ten are offered too: (2 + 1.8) / 4 = 0.95, deviation 0.0975, z = 0.513.
	expect(preferencesOf(new Map([[0, 2]]), offered)[0]?.confidence).toBeCloseTo(0.696, 2);
	const sure = preferencesOf(
		new Map([
			[0, 5],
			[1, 5],
		]),
		offered,
	);
	expect(sure.map(({ code }) => code)).toEqual([1, 0]);
	expect(sure[1]?.confidence).toBeLessThan(0.01);
});

test("the normal distribution is that of the tables", () => {
	for (const [z, below] of [
		[0, 0.5],
		[1, 0.8413447],
		[-1, 0.1586553],
		[1.96, 0.9750021],
		[-3, 0.0013499],
	] as const) {
		expect(normalBelow(z)).toBeCloseTo(below, 6);
	}
});

test("equal weights count each, one heavy weight counts little more than one", () => {
	expect(effectiveNumber([2, 2, 2])).toBe(3);
	expect(effectiveNumber([10, 1])).toBeCloseTo(121 / 101, 12);
	expect(effectiveNumber([])).toBe(0);
	expect(confidenceFrom(4)).toBe(0.5);
});

test("a weighted quantile is the first value at which the weight reaches the share", () => {
	const weighted = [
		[30, 1],
		[10, 1],
		[20, 2],
	] as const;
	expect([0.2, 0.25, 0.5, 0.8, 1].map((share) => weightedQuantile(weighted, share))).toEqual([10, 10, 20, 30, 30]);
});

test("shares below are those of counting one by one", () => {
	const numbers = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });
	fc.assert(
		fc.property(numbers, numbers, numbers, (values, a, b) => {
			const all = [...a, ...b];
			const columns = [a, b].map((column) => ({ column: Float32Array.of(...column, 99), rows: column.length }));
			const counted = values.map(
				(value) => (all.filter((other) => other < value).length + all.filter((other) => other === value).length / 2) / all.length,
			);
			for (const [n, share] of sharesBelow(values, columns).entries()) expect(share).toBeCloseTo(counted[n] as number, 12);
		}),
	);
});
