import { expect, test } from "vitest";
import { bucketWeights, contributionsOf, fusedScores, seenOffset, weightsOfParts } from "./fusion.ts";
import { liftingPart } from "./reasons.ts";

const weights = (encoder: number, transitions: number) => ({ encoder, transitions, similar: 0.25, bought: 0, popular: 0.1 });
const BUCKETS = [
	{ maxLength: 1, weights: weights(1, 2), unseen: 0.5 },
	{ maxLength: 3, weights: weights(3, 4), unseen: -0.5 },
	{ maxLength: null, weights: weights(5, 6), unseen: 0 },
];

test("the bucket is the first whose length is at least that of the known history", () => {
	expect([0, 1, 2, 3, 4, 99].map((length) => bucketWeights(BUCKETS, length)[0])).toEqual([1, 1, 3, 3, 5, 5]);
	expect(bucketWeights(BUCKETS.slice(0, 1), 7)[0]).toBe(1);
});

test("the fused score is the weighted sum of the parts", () => {
	// encoder 0.5, transitions log(1 + 2 * 1.5) = log 4, similar 0, bought 7 (weight 0), popular 0.8
	const features = Float64Array.of(0.5, Math.log(4), 0, 7, 0.8);
	const chosen = bucketWeights(BUCKETS, 2);
	expect(fusedScores(features, 1, chosen)[0]).toBeCloseTo(3 * 0.5 + 4 * Math.log(4) + 0.1 * 0.8, 12);
	expect(contributionsOf(features, 0, chosen)).toEqual({
		encoder: 1.5,
		transitions: 4 * Math.log(4),
		similar: 0,
		bought: 0,
		popular: 0.1 * 0.8,
	});
});

test("a product that nobody has touched gains the bucket's offset, and only such a one", () => {
	const features = Float64Array.of(0.5, 0, 2, 0, 0, /* touched */ 0.5, 0, 2, 0, 0.8);
	const chosen = bucketWeights(BUCKETS, 2);
	expect(fusedScores(features, 1, chosen)[0]).toBeCloseTo(3 * 0.5 + 0.25 * 2 - 0.5, 12);
	expect(fusedScores(features, 2, chosen)[1]).toBeCloseTo(3 * 0.5 + 0.25 * 2 + 0.1 * 0.8, 12);
	const shares = contributionsOf(features, 0, chosen);
	expect(Object.values(shares).reduce((sum, share) => sum + share)).toBeCloseTo(fusedScores(features, 1, chosen)[0] as number, 12);
});

test("a product of the history gains by the age of its last place; the last value holds for all older", () => {
	expect([0, 1, 2, 3, 99].map((age) => seenOffset([-0.4, 0.1, 0.6], age))).toEqual([-0.4, 0.1, 0.6, 0.6, 0.6]);
	expect(seenOffset([], 0)).toBe(0);
});

test("chosen parts keep their weights among each other; a part alone weighs 1", () => {
	const fitted = bucketWeights(BUCKETS, 1);
	expect([...weightsOfParts(fitted, ["encoder", "popular"])]).toEqual([1, 0, 0, 0, 0.1, 0.5, 1]);
	expect([...weightsOfParts(fitted, ["encoder", "transitions"])]).toEqual([1, 2, 0, 0, 0, 0, 1]);
	expect([...weightsOfParts(fitted, ["encoder"])]).toEqual([1, 0, 0, 0, 0, 0, 0]);
	expect([...weightsOfParts(fitted, ["transitions", "transitions"])]).toEqual([0, 1, 0, 0, 1e-6, 0, 0]);
});

test("the reason is the part that lifts an item over the average candidate, not the part with the largest share", () => {
	const features = Float64Array.of(10, 0, 0, 0, 0, /* second */ 10.1, 1, 0, 0, 0);
	const even = Float64Array.of(1, 1, 1, 1, 1);
	expect(liftingPart(features, 2, 1, even)).toBe("transitions");
});
