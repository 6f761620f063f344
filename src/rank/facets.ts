import type { CodeColumn } from "./columns.ts";

/** Counts of codes. A counter is used for one request. */
export function countCodes(codes: CodeColumn | undefined, rows: Iterable<number>, known: number): Uint32Array {
	const counts = new Uint32Array(known);
	if (codes === undefined) return counts;
	for (const row of rows) {
		const code = codes[row];
		if (code !== undefined && code >= 0 && code < known) counts[code] = (counts[code] as number) + 1;
	}
	return counts;
}

export type FacetValue = { readonly value: string; readonly count: number };

/** Counts by name, most frequent first, of equally frequent ones by name. @param most values told */
export function facetValues(counts: ReadonlyMap<string, number>, most: number): FacetValue[] {
	return Array.from(counts, ([value, count]) => ({ value, count }))
		.filter(({ count }) => count > 0)
		.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
		.slice(0, most);
}
