import { PARTS, type Reason } from "../../contract/recommendation.ts";
import { liftOf } from "../apply-rules.ts";
import { createExplainer } from "../explain.ts";
import { rankScored } from "../rank-candidates.ts";
import { EMPTY_POOL, type MakePool } from "./pool.ts";

/** What suits the history best, as `/v1/recommendations` finds it. */
export const personalPool: MakePool = ({ release, spec, shopper: { history, query, weights, context }, most }) => {
	if (query === null && history.rows.length === 0) return EMPTY_POOL;
	const { rows, scores } = rankScored(release, query, history.rows, weights, PARTS, most, liftOf(release, spec.rules));
	const explain = createExplainer(release, history, weights, query, context);
	const reasonOf = (row: number): Reason => explain(row).reason;
	return { rows: [...rows], scores: [...scores], reasonOf, about: [], rung: query === null ? "session" : "personal" };
};
