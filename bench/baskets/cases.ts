import { hashOf } from "../../cli/demo/random.ts";
import type { Order, Retail } from "./retail.ts";

export type Task = "next" | "completion";

/** One question: the customer's orders before, the cart so far, and what was bought. */
export type Case = {
	readonly customer: string;
	/** Oldest first, all earlier than the order asked about. */
	readonly earlier: readonly Order[];
	/** Empty for the next basket. */
	readonly cart: readonly number[];
	readonly targets: readonly number[];
	/** Unix seconds. */
	readonly at: number;
};

const CUT = 10;

/**
 * The cases of a window of time. `next`: the whole of each order of a customer who has an earlier one. `completion`: one
 * item of each order, drawn by the hash of both, is missing from the cart; customers need no earlier order.
 */
export function casesOf({ items, orders }: Retail, task: Task, from: number, until: number): Case[] {
	const byCustomer = Map.groupBy(orders, ({ customer }) => customer);
	return orders
		.filter(({ at }) => at >= from && at < until)
		.flatMap((order): Case[] => {
			const earlier = (byCustomer.get(order.customer) as Order[]).filter(({ at }) => at < order.at);
			const frame = { customer: order.customer, earlier, at: order.at };
			if (task === "next") return earlier.length === 0 ? [] : [{ ...frame, cart: [], targets: order.items }];
			if (order.items.length < 2) return [];
			const drawn = order.items.map((item) => ({ item, hash: hashOf(`${order.id}/${items[item]}`) }));
			const { item: held } = drawn.reduce((least, one) => (one.hash < least.hash ? one : least));
			return [{ ...frame, cart: order.items.filter((item) => item !== held), targets: [held] }];
		});
}

/** Recall@10 and NDCG@10 of one list; the ideal has as many hits as there are targets, up to ten. */
export type Quality = { readonly recall: number; readonly ndcg: number };

export function qualityOf(list: readonly number[], { targets }: Case): Quality {
	const wanted = new Set(targets);
	let [hits, gain, ideal] = [0, 0, 0];
	for (const [place, item] of list.slice(0, CUT).entries()) {
		if (!wanted.has(item)) continue;
		hits++;
		gain += 1 / Math.log2(place + 2);
	}
	for (let place = 0; place < Math.min(CUT, wanted.size); place++) ideal += 1 / Math.log2(place + 2);
	return { recall: hits / wanted.size, ndcg: gain / ideal };
}

export const meanQuality = (all: readonly Quality[]): Quality => ({
	recall: all.reduce((sum, { recall }) => sum + recall, 0) / all.length,
	ndcg: all.reduce((sum, { ndcg }) => sum + ndcg, 0) / all.length,
});
