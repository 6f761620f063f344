import type { TopRows } from "./top-rows.ts";

/**
 * Offers all rows that are not masked by their popularity: the last resort that completes a list.
 * @param first  number of the column's first row among all rows
 * @param masked by row of the column; 1: the row may not be shown
 */
export function offerByPopularity(popularity: Float32Array, count: number, first: number, masked: Uint8Array, into: TopRows): void {
	let bar = into.bar;
	for (let row = 0; row < count; row++) {
		if (masked[row] === 1) continue;
		const score = popularity[row] as number;
		if (score > bar) {
			into.offer(first + row, score);
			bar = into.bar;
		}
	}
}

/**
 * Deals from several ranked lists in turn, so that none of several categories crowds out the others.
 * @returns each value once, in dealt order
 */
export function deal<T>(lists: readonly (readonly T[])[]): T[] {
	const longest = Math.max(0, ...lists.map((list) => list.length));
	const dealt = new Set<T>();
	for (let place = 0; place < longest; place++) {
		for (const list of lists) if (place < list.length) dealt.add(list[place] as T);
	}
	return [...dealt];
}
