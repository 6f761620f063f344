/** What one shelf could show, best first. */
export type PageList = {
	readonly limit: number;
	/** Key of each entry's product; two variants share one. */
	readonly products: readonly number[];
	/** Chance of each entry that the shopper takes it. */
	readonly chances: readonly number[];
};

export type PlacedList = {
	/** Index of the list among those given. */
	readonly list: number;
	/** Its entries that are shown, in order. */
	readonly entries: readonly number[];
	readonly expected: number;
};

/**
 * Orders shelves by expected value with no product twice: the shelf that is worth most comes next, and its products are
 * lost to the others, until none is left. A shelf is worth the sum of its chances, each over log2(place + 1), places
 * from 1, since fewer look at what stands further along. Of equal ones the first given comes first.
 */
export function composePage(lists: readonly PageList[]): PlacedList[] {
	const taken = new Set<number>();
	const waiting = new Set(lists.keys());
	const page: PlacedList[] = [];
	while (waiting.size > 0) {
		let best: PlacedList | null = null;
		for (const list of waiting) {
			const placed = place(lists[list] as PageList, list, taken);
			if (best === null || placed.expected > best.expected) best = placed;
		}
		const next = best as PlacedList;
		waiting.delete(next.list);
		for (const entry of next.entries) taken.add(lists[next.list]?.products[entry] as number);
		page.push(next);
	}
	return page;
}

function place({ limit, products, chances }: PageList, list: number, taken: ReadonlySet<number>): PlacedList {
	const own = new Set<number>();
	const entries: number[] = [];
	let expected = 0;
	for (const [entry, product] of products.entries()) {
		if (entries.length >= limit) break;
		if (taken.has(product) || own.has(product)) continue;
		own.add(product);
		entries.push(entry);
		expected += (chances[entry] as number) / Math.log2(entries.length + 1);
	}
	return { list, entries, expected };
}
