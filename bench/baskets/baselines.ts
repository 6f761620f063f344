import { hashOf } from "../../cli/demo/random.ts";
import type { Case } from "./cases.ts";
import type { Retail } from "./retail.ts";

/** Scores of all items for a case; higher is better. What is in the cart is left out by whoever reads them. */
export type Scorer = (asked: Case) => Float64Array;
/** A family of scorers by its settings; each is fitted to the orders before a time. */
export type Baseline = {
	readonly name: "popularity" | "item-kNN" | "personal frequency" | "personal frequency, ties by popularity";
	readonly settings: readonly Readonly<Record<string, number>>[];
	readonly learn: (retail: Retail, until: number) => (setting: Readonly<Record<string, number>>) => Scorer;
};

const DAY = 86_400;
/** Orders that hold so many items tell of a warehouse. Pairs of larger ones are counted over their first so many. */
const PAIRED_MAX = 200;
/** Days; 0: all orders count alike. */
const HALF_LIVES = [0, 7, 14, 30, 60];
const DECAYS = [1, 0.95, 0.9, 0.8, 0.7];

const product = (...axes: readonly (readonly [string, readonly number[]])[]): Record<string, number>[] =>
	axes.reduce<Record<string, number>[]>(
		(all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
		[{}],
	);

/** log(1 + orders that held each item), each worth half a half-life earlier, brought to 0 to 1. */
function popularityOf({ items, orders }: Retail, until: number, halfLife: number): Float64Array {
	const counts = new Float64Array(items.length);
	for (const { at, items: held } of orders) {
		if (at >= until) break;
		const weight = halfLife === 0 ? 1 : 0.5 ** ((until - at) / DAY / halfLife);
		for (const item of held) counts[item] = (counts[item] as number) + weight;
	}
	const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0));
	return counts.map((count) => Math.log1p(count) / most);
}

/** How often the customer bought each item; the newest order counts 1, each before it by so much less. */
function frequencies(asked: Case, items: number, decay: number): Float64Array {
	const scores = new Float64Array(items);
	for (const [age, { items: held }] of asked.earlier.toReversed().entries())
		for (const item of held) scores[item] = (scores[item] as number) + decay ** age;
	return scores;
}

/** Counts of orders that hold both items, by row. */
function pairCounts({ items, orders }: Retail, until: number): { pairs: Map<number, number>[]; held: Float64Array } {
	const pairs = items.map(() => new Map<number, number>());
	const held = new Float64Array(items.length);
	for (const order of orders) {
		if (order.at >= until) break;
		const list = order.items.slice(0, PAIRED_MAX);
		for (const a of list) {
			held[a] = (held[a] as number) + 1;
			const row = pairs[a] as Map<number, number>;
			for (const b of list) if (a !== b) row.set(b, (row.get(b) ?? 0) + 1);
		}
	}
	return { pairs, held };
}

type Neighbour = readonly [item: number, likeness: number];

/** Cosine of two items over orders with a shrinkage, the `most` likest of each. */
function neighboursOf({ pairs, held }: ReturnType<typeof pairCounts>, shrinkage: number, most: number): Neighbour[][] {
	return pairs.map((row, a) =>
		Array.from(row, ([b, both]): Neighbour => [b, both / (Math.sqrt((held[a] as number) * (held[b] as number)) + shrinkage)])
			.sort(([b, x], [c, y]) => y - x || b - c)
			.slice(0, most),
	);
}

/** Breaks ties by a seeded hash of the id: no order of a file may help. */
export const tieBreaks = ({ items }: Retail): Float64Array => Float64Array.from(items, (id) => (hashOf(`tie ${id}`) / 2 ** 32) * 1e-9);

export const BASELINES: readonly Baseline[] = [
	{
		name: "popularity",
		settings: product(["halfLife", HALF_LIVES]),
		learn:
			(retail, until) =>
			({ halfLife = 0 }) => {
				const scores = popularityOf(retail, until, halfLife);
				return () => scores;
			},
	},
	{
		name: "item-kNN",
		// `own`: what an item says of itself; `past`: what the earlier orders say beside a cart.
		settings: product(
			["shrinkage", [0, 10, 50]],
			["neighbours", [50, 200]],
			["decay", [1, 0.9]],
			["own", [0, 0.5, 1]],
			["past", [0, 0.05, 0.2]],
		),
		learn: (retail, until) => {
			const counted = pairCounts(retail, until);
			const made = new Map<string, Neighbour[][]>();
			return ({ shrinkage = 0, neighbours = 50, decay = 1, own = 0, past = 0 }) => {
				const key = `${shrinkage}/${neighbours}`;
				const table = made.get(key) ?? neighboursOf(counted, shrinkage, neighbours);
				made.set(key, table);
				return (asked) => {
					const scores = new Float64Array(retail.items.length);
					const speak = (item: number, weight: number) => {
						scores[item] = (scores[item] as number) + weight * own;
						for (const [other, likeness] of table[item] as Neighbour[]) scores[other] = (scores[other] as number) + weight * likeness;
					};
					for (const item of asked.cart) speak(item, 1);
					const weight = asked.cart.length === 0 ? 1 : past;
					if (weight > 0)
						for (const [item, frequency] of frequencies(asked, scores.length, decay).entries())
							if (frequency > 0) speak(item, weight * frequency);
					return scores;
				};
			};
		},
	},
	{
		name: "personal frequency",
		settings: product(["decay", DECAYS]),
		learn:
			({ items }) =>
			({ decay = 1 }) =>
			(asked) =>
				frequencies(asked, items.length, decay),
	},
	{
		name: "personal frequency, ties by popularity",
		settings: product(["decay", DECAYS], ["halfLife", HALF_LIVES]),
		learn:
			(retail, until) =>
			({ decay = 1, halfLife = 0 }) => {
				const popularity = popularityOf(retail, until, halfLife);
				return (asked) => frequencies(asked, retail.items.length, decay).map((score, item) => score + 1e-3 * (popularity[item] as number));
			},
	},
];
