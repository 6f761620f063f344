import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { sampleOf } from "./sample.ts";

/** Items of a list that is ranked: the held-out one and others of its kind. */
export const LIST_ITEMS = 100;

/** Attributes of each item, from `items.tsv.gz`: item_id, title, attribute_ids separated by spaces, below a header. */
export function readAttributes(path: string): Map<string, readonly string[]> {
	const [header = "", ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
	const column = header.split("\t").indexOf("attribute_ids");
	if (column === -1) throw new Error(`${path} has no column attribute_ids`);
	return new Map(
		lines.map((line) => {
			const cells = line.split("\t");
			return [cells[0] as string, (cells[column] ?? "").split(" ").filter(Boolean)];
		}),
	);
}

/** Gives lists of one held-out item among others that share an attribute with it. */
export interface ListMaker {
	/**
	 * @param seen items that may not be drawn
	 * @param seed draws the others and their order: the same list for the same seed
	 * @returns LIST_ITEMS ids in an order that says nothing; null when no attribute of the target has as many items
	 */
	listFor(target: string, seen: ReadonlySet<string>, seed: number): readonly string[] | null;
}

/** Draws from the items of the target's rarest attribute, of those attributes that enough items share. */
export function createListMaker(attributes: ReadonlyMap<string, readonly string[]>): ListMaker {
	const sharing = new Map<string, string[]>();
	for (const [item, names] of attributes) {
		for (const name of names) {
			const items = sharing.get(name);
			if (items === undefined) sharing.set(name, [item]);
			else items.push(item);
		}
	}
	return {
		listFor(target, seen, seed) {
			const pools = (attributes.get(target) ?? [])
				.map((name) => (sharing.get(name) ?? []).filter((item) => item !== target && !seen.has(item)))
				.filter((pool) => pool.length >= LIST_ITEMS - 1);
			const [rarest] = pools.sort((a, b) => a.length - b.length);
			if (rarest === undefined) return null;
			const others = [...sampleOf(rarest, LIST_ITEMS - 1, seed)].sort();
			// The target goes to a place that the seed draws too.
			const [place = 0] = sampleOf(
				Array.from({ length: LIST_ITEMS }, (_, n) => n),
				1,
				seed ^ 0x5bd1e995,
			);
			return [...others.slice(0, place), target, ...others.slice(place)];
		},
	};
}
