import { expect, test } from "vitest";
import { gapBucket } from "./gap-bucket.ts";

test.each([
	[100, 100, 1], // log2(1) = 0
	[100, 101, 1], // log2(2) / 1.5 = 0.67
	[100, 107, 3], // log2(8) / 1.5 = 2
	[0, 63, 5], // log2(64) / 1.5 = 4
	[0, 86_400, 11], // log2(86401) / 1.5 = 10.93
	[0, 9_999_999_999, 15], // the last bucket is open
	[100, 50, 1], // a clock that ran backwards counts as no time
])("from %i to %i is bucket %i", (previous, at, bucket) => {
	expect(gapBucket(previous, at)).toBe(bucket);
});

test("an unknown time on either side is bucket 0", () => {
	expect([gapBucket(undefined, 5), gapBucket(5, undefined), gapBucket(undefined, undefined)]).toEqual([0, 0, 0]);
});
