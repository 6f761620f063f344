import { againScore, BASKET_WEIGHTS } from "../../rank/baskets.ts";
import { byScore } from "../../rank/reciprocal-rank-fusion.ts";
import { ordersOf } from "../../sequence/orders.ts";
import { listed, type MakePool } from "./pool.ts";

/** The products of the history, newest first. */
export const recentlyViewedPool: MakePool = ({ release, shopper: { history }, most }) => {
	const rows = [...new Set(history.rows.toReversed())].filter((row) => !release.isMasked(row));
	return listed(rows.slice(0, most), { reasonOf: () => ({ kind: "viewed" }), rung: "session" });
};

/** What was bought, in the order in which it is likely to be bought again. */
export const buyAgainPool: MakePool = ({ release, shopper: { history }, most }) => {
	const weights = release.loaded.fusion.baskets ?? BASKET_WEIGHTS;
	const scores = new Map<number, number>();
	for (const [row, orders] of ordersOf(history.entries)) {
		const demand = release.loaded.items.recent?.[row] ?? release.popularityOf(row);
		if (!release.isMasked(row)) scores.set(row, againScore(weights, orders, demand));
	}
	const rows = byScore(scores).slice(0, most);
	return { rows, scores: rows.map((row) => scores.get(row) as number), reasonOf: () => ({ kind: "bought" }), about: [], rung: "session" };
};
