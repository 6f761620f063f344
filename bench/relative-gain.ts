import type { Random } from "../cli/demo/random.ts";

export type Interval = { readonly mean: number; readonly lower95: number; readonly upper95: number };

/**
 * Relative difference of two means over the same cases, with its 95% interval by the bootstrap over people: whoever
 * comes often has cases that are alike.
 * @param people who asked, by case
 */
export function relativeGain(
	ours: readonly number[],
	theirs: readonly number[],
	people: readonly string[],
	samples: number,
	random: Random,
): Interval {
	const sums = [...Map.groupBy(people.keys(), (n) => people[n]).values()].map((numbers) => [
		numbers.reduce((sum, n) => sum + (ours[n] as number), 0),
		numbers.reduce((sum, n) => sum + (theirs[n] as number), 0),
	]);
	const gainOf = (own: number, other: number) => own / other - 1;
	const drawn = Float64Array.from({ length: samples }, () => {
		let [own, other] = [0, 0];
		for (let n = 0; n < sums.length; n++) {
			const [a, b] = sums[Math.floor(random() * sums.length)] as [number, number];
			own += a;
			other += b;
		}
		return gainOf(own, other);
	}).sort();
	const total = (side: 0 | 1) => sums.reduce((sum, pair) => sum + (pair[side] as number), 0);
	const at = (share: number) => drawn[Math.floor(share * (samples - 1))] as number;
	return { mean: gainOf(total(0), total(1)), lower95: at(0.025), upper95: at(0.975) };
}
