import { HISTORY_EVENTS } from "../../contract/recommendation.ts";
import { byScore } from "../../rank/reciprocal-rank-fusion.ts";
import { listed, type MakePool } from "./pool.ts";

const KIND_OF_PURCHASE = HISTORY_EVENTS.indexOf("purchase") + 1;

/** The products of the history, newest first. */
export const recentlyViewedPool: MakePool = ({ release, shopper: { history }, most }) => {
	const rows = [...new Set(history.rows.toReversed())].filter((row) => !release.isMasked(row));
	return listed(rows.slice(0, most), { reasonOf: () => ({ kind: "viewed" }), rung: "session" });
};

/** What was bought, often and lately first: the sum over its purchases of 1 / (1 + age), ages in purchases, 0 the newest. */
export const buyAgainPool: MakePool = ({ release, shopper: { history }, most }) => {
	const purchases = history.entries.flatMap(({ row, kind }) => (row !== null && kind === KIND_OF_PURCHASE ? [row] : [])).reverse();
	const scores = new Map<number, number>();
	for (const [age, row] of purchases.entries()) if (!release.isMasked(row)) scores.set(row, (scores.get(row) ?? 0) + 1 / (1 + age));
	const rows = byScore(scores).slice(0, most);
	return { rows, scores: rows.map((row) => scores.get(row) as number), reasonOf: () => ({ kind: "bought" }), about: [], rung: "session" };
};
