import * as fc from "fast-check";
import { expect, test } from "vitest";
import { chunk } from "./chunk.ts";

test("splits where the next value would exceed the bytes or the count", () => {
	const sizeOf = (n: number) => n;
	expect(chunk([4, 4, 4, 1, 1, 1, 1], sizeOf, 8, 3)).toEqual([
		[4, 4],
		[4, 1, 1],
		[1, 1],
	]);
	expect(chunk([9, 1], sizeOf, 8, 3)).toEqual([[9], [1]]);
	expect(chunk([], sizeOf, 8, 3)).toEqual([]);
});

test("loses nothing, keeps the order and both limits", () => {
	fc.assert(
		fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5 }), (sizes, maxBytes, maxCount) => {
			const chunks = chunk(sizes, (n) => n, maxBytes, maxCount);
			expect(chunks.flat()).toEqual(sizes);
			for (const part of chunks) {
				expect(part.length).toBeLessThanOrEqual(maxCount);
				if (part.length > 1) expect(part.reduce((a, b) => a + b)).toBeLessThanOrEqual(maxBytes);
			}
		}),
	);
});
