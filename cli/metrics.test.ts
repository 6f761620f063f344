import { expect, test } from "vitest";
import { giniOf, ndcgAt, quantileOf, rankingMetrics, rankOf } from "./metrics.ts";

test("a target at rank 3 has a gain of 1/log2(4), a half", () => {
	expect(rankOf("c", ["a", "b", "c"])).toBe(3);
	expect(ndcgAt(10, 3)).toBe(0.5);
	expect(ndcgAt(2, 3)).toBe(0);
});

test("means run over all targets, misses among them", () => {
	// Ranks 1, 3, 7 and a miss. NDCG@10: (1 + 1/2 + 1/3) / 4, as log2(8) = 3. MRR@20: (1 + 1/3 + 1/7) / 4.
	const metrics = rankingMetrics([1, 3, 7, null]);
	expect(rankingMetrics([50, 51, 20, 21])["recall@50"]).toBe(0.75);
	expect(rankingMetrics([20, 21])["mrr@20"]).toBeCloseTo(0.05 / 2, 12);
	expect(metrics["recall@5"]).toBe(0.5);
	expect(metrics["recall@10"]).toBe(0.75);
	expect(metrics["recall@20"]).toBe(0.75);
	expect(metrics["ndcg@5"]).toBeCloseTo(0.375, 12);
	expect(metrics["ndcg@10"]).toBeCloseTo(11 / 24, 12);
	expect(metrics["mrr@20"]).toBeCloseTo(31 / 84, 12);
});

test("a target beyond the list is a miss", () => {
	expect(rankOf("z", ["a", "b"])).toBeNull();
	expect(rankingMetrics([null])["ndcg@10"]).toBe(0);
});

test("quantiles are values that were measured", () => {
	const values = [5, 1, 4, 2, 3, 6, 7, 8, 9, 10];
	expect(quantileOf(values, 0.5)).toBe(5);
	expect(quantileOf(values, 0.95)).toBe(10);
	expect(quantileOf([], 0.5)).toBeNull();
});

test("Gini is 0 when all were shown alike and 1 when one was shown always", () => {
	expect(giniOf([3, 3, 3], 3)).toBeCloseTo(0, 12);
	expect(giniOf([7], 100)).toBeCloseTo(1, 12);
	// Shown 0, 1 and 1 times: (-2 * 0 + 0 * 1 + 2 * 1) / (2 * 2).
	expect(giniOf([1, 1], 3)).toBeCloseTo(0.5, 12);
	expect(giniOf([], 5)).toBeNull();
});
