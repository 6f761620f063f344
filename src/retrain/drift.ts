import type { CategoryCounts } from "./ports.ts";

/**
 * Total variation distance of two distributions: half the sum of |p - q| over all names, the share of one that would have
 * to move to make the other.
 * @returns 0 (the same) to 1 (nothing in common); 0 when either side has fewer than `minCount` in all
 */
export function totalVariation(a: CategoryCounts, b: CategoryCounts, minCount: number): number {
	const [totalA, totalB] = [totalOf(a), totalOf(b)];
	if (totalA === 0 || totalB === 0 || totalA < minCount || totalB < minCount) return 0;
	// Maps: a category may be called as something that every object inherits, such as "constructor".
	const [ofA, ofB] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
	let sum = 0;
	// Whole numbers until the last step: a distance that lies on a limit is on it.
	for (const name of new Set([...ofA.keys(), ...ofB.keys()]))
		sum += Math.abs((ofA.get(name) ?? 0) * totalB - (ofB.get(name) ?? 0) * totalA);
	return sum / (2 * totalA * totalB);
}

const totalOf = (counts: CategoryCounts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);
