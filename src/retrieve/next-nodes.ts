import type { Links } from "./neighbours.ts";

/** A chance by node; nodes that it says nothing of are absent. */
type Forecast = ReadonlyMap<number, number>;

/** What shoppers look for next, between nodes: categories and searches. */
export type NextTable = {
	/** Share of all steps, by node. */
	readonly popularity: readonly number[];
	/** Chance of each other node to come next, by node. */
	readonly links: readonly (readonly (readonly [to: number, chance: number])[])[];
	/** Share of each part in the forecast. */
	readonly shares: Readonly<Record<NextPart, number>>;
};

export const NEXT_PARTS = ["before", "visits", "next", "items", "twice", "popular"] as const;
export type NextPart = (typeof NEXT_PARTS)[number];

/** Newest distinct items whose transitions speak, and what each counts of the one after it. */
const RECENT_ITEMS = 10;
const ITEM_DECAY = 0.7;

/**
 * What each part says comes after the steps; the newest node is not among it. `training/edgeshelf_training/next_search.py`
 * fits the parts' shares to the same arithmetic.
 * @param path      nodes, newest first, repeated where the history repeats
 * @param rows      items, newest first
 * @param nodeOfRow -1: an item of no node
 */
export function forecasts(
	{ popularity, links }: NextTable,
	path: readonly number[],
	rows: readonly number[],
	transitions: Links,
	nodeOfRow: (row: number) => number,
): Readonly<Record<NextPart, Forecast>> {
	const newest = path[0] ?? -1;
	const distinct = [...new Set(path)];
	const following = (node: number): Forecast => sharesOf(links[node] ?? [], newest);
	const next = following(newest);
	const twice = Array.from(next, ([node, chance]) =>
		Array.from(following(node), ([onward, further]) => [onward, chance * further] as const),
	);
	const items = [...new Set(rows)].slice(0, RECENT_ITEMS).map((row, age) => {
		const towards = sharesOf(linksOf(transitions, row, nodeOfRow), newest, -1);
		return Array.from(towards, ([node, share]) => [node, share * ITEM_DECAY ** age] as const);
	});
	return {
		before: new Map(distinct.slice(1, 2).map((node) => [node, 1])),
		visits: sharesOf(
			path.map((node) => [node, 1] as const),
			newest,
		),
		next,
		items: sharesOf(items.flat(), newest),
		twice: sharesOf(twice.flat(), newest),
		popular: sharesOf(
			popularity.map((share, node) => [node, share] as const),
			newest,
		),
	};
}

/** The mixture of all parts, likeliest node first; a node without any chance is left out. */
export function likeliestNext({ shares }: NextTable, parts: ReturnType<typeof forecasts>): (readonly [node: number, chance: number])[] {
	const chances = new Map<number, number>();
	for (const part of NEXT_PARTS)
		for (const [node, chance] of parts[part]) chances.set(node, (chances.get(node) ?? 0) + shares[part] * chance);
	return [...chances].filter(([, chance]) => chance > 0).sort(([a, x], [b, y]) => y - x || a - b);
}

/** Sums by node, brought to 1; without the nodes left out. */
function sharesOf(weights: readonly (readonly [node: number, weight: number])[], ...without: readonly number[]): Forecast {
	const sums = new Map<number, number>();
	let total = 0;
	for (const [node, weight] of weights) {
		if (without.includes(node) || !(weight > 0)) continue;
		sums.set(node, (sums.get(node) ?? 0) + weight);
		total += weight;
	}
	for (const [node, sum] of sums) sums.set(node, sum / total);
	return sums;
}

function linksOf(table: Links, row: number, nodeOfRow: (row: number) => number): [node: number, weight: number][] {
	const held = table.linksOf(row);
	if (held === null) return [];
	const links: [number, number][] = [];
	for (let k = held.from; k < held.to; k++) links.push([nodeOfRow(held.targets[k] as number), held.weights[k] as number]);
	return links;
}
