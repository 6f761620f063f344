import { expect, test } from "vitest";
import { sampleOf } from "./sample.ts";

test("a sample is drawn again by its seed, without repeats and in the old order", () => {
	const values = Array.from({ length: 100 }, (_, i) => i);
	const sample = sampleOf(values, 10, 1);
	expect(sample).toEqual(sampleOf(values, 10, 1));
	expect(sample).not.toEqual(sampleOf(values, 10, 2));
	expect(new Set(sample).size).toBe(10);
	expect([...sample].sort((a, b) => a - b)).toEqual(sample);
	expect(sampleOf(values, 100, 1)).toEqual(values);
});
