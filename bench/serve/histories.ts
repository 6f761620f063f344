import { type Random, randomFrom } from "../../cli/demo/random.ts";
import { readHeldOut } from "../../cli/evaluation/held-out.ts";

/** Lengths of histories, one a shopper, and where they come from. */
export type Lengths = { readonly values: readonly number[]; readonly name: string };

/** The row with long histories, entries; as many as the encoder of a release reads by default. */
export const LONG_ENTRIES = 50;

/** Where no data set is given: 4 and a geometric number of mean 4, at most 50, as shops' histories of five and more are. */
const DEFAULT_NAME = "4 + geometric of mean 4, at most 50";
const DEFAULT_DRAWS = 10_000;

/** @param path a data folder as `evaluate` reads it; undefined: the stated distribution */
export async function readLengths(path: string | undefined, seed: string): Promise<Lengths> {
	if (path !== undefined) {
		const { cases } = await readHeldOut(path);
		return { values: cases.map(({ history }) => history.length), name: `those of ${path.replace(/\/+$/, "").split("/").at(-1)}` };
	}
	const random = randomFrom(seed);
	const values = Array.from({ length: DEFAULT_DRAWS }, () => Math.min(50, 4 + Math.floor(Math.log(1 - random()) / Math.log(4 / 5))));
	return { values, name: DEFAULT_NAME };
}

/** Newest entry of each history, seconds before now; the ones before it lie minutes to days further back. */
const NEWEST_SECONDS = 30;
const EVENTS = ["view", "view", "view", "view", "view", "click", "click", "cart", "purchase"] as const;

/** Bodies of `POST /v1/recommendations`, each with a history of its own. */
export interface Bodies {
	next(): string;
}

/**
 * @param linked  how often each row is linked to: an item is drawn in proportion to 1 + that
 * @param lengths drawn from
 * @param now     unix seconds
 */
export function createBodies(ids: readonly string[], linked: Uint32Array, lengths: readonly number[], seed: string, now: number): Bodies {
	const random = randomFrom(seed);
	const cumulative = new Float64Array(linked.length);
	let sum = 0;
	for (const [row, links] of linked.entries()) {
		sum += 1 + links;
		cumulative[row] = sum;
	}
	return {
		next() {
			const length = lengths[Math.floor(random() * lengths.length)] as number;
			let at = now - NEWEST_SECONDS;
			const history = Array.from({ length }, () => {
				const entry = { item: ids[rowAt(cumulative, random() * sum)], event: pickEvent(random), at };
				at -= Math.ceil(20 * 1.6 ** Math.floor(random() * 20));
				return entry;
			}).reverse();
			return JSON.stringify({ history, surface: "home" });
		},
	};
}

const pickEvent = (random: Random) => EVENTS[Math.floor(random() * EVENTS.length)];

/** First row whose cumulative weight exceeds the value. */
function rowAt(cumulative: Float64Array, value: number): number {
	let low = 0;
	let high = cumulative.length - 1;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((cumulative[middle] as number) > value) high = middle;
		else low = middle + 1;
	}
	return low;
}
