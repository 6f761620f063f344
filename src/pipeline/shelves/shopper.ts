import type { CoarseContext } from "../../contract/context.ts";
import { PARTS, type RecommendationRequest } from "../../contract/recommendation.ts";
import { bucketWeights, type PartWeights } from "../../rank/fusion.ts";
import type { QuantisedQuery } from "../../retrieve/rows.ts";
import { type KnownHistory, knownHistory } from "../../sequence/history.ts";
import type { OnFault } from "../answer.ts";
import { encodeQuery } from "../encode-query.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { scoreRows } from "../rank-candidates.ts";
import type { Stopwatch } from "../stopwatch.ts";

/** A history as far as the release understands it, encoded once for all shelves of a request. */
export type Shopper = {
	readonly history: KnownHistory;
	/** null: nothing to encode, or no encoder that works. */
	readonly query: QuantisedQuery | null;
	readonly weights: PartWeights;
	readonly context: CoarseContext;
};

export function meetShopper(
	release: OverlaidRelease,
	{ history: sent }: Pick<RecommendationRequest, "history">,
	context: CoarseContext,
	now: number,
	watch: Stopwatch,
	onFault: OnFault,
): Shopper {
	const history = knownHistory({ history: sent, item: null }, release, now);
	const { buckets, session } = release.loaded.fusion;
	let query: QuantisedQuery | null = null;
	if (release.loaded.encoder !== null && history.entries.length > 0) {
		try {
			query = watch.span("encode", () => encodeQuery(release, history, context));
		} catch (error) {
			onFault("personal", error);
		}
	}
	return { history, query, weights: bucketWeights(query === null ? session : buckets, history.rows.length), context };
}

/**
 * Scores of chosen rows for a shopper, by row; null where the history says nothing of any of them.
 * Overwrites the scratch, its mask included.
 */
export function scoresFor(
	release: OverlaidRelease,
	{ history, query, weights }: Shopper,
	rows: readonly number[],
): Map<number, number> | null {
	if (rows.length === 0 || (query === null && history.rows.length === 0)) return null;
	const distinct = Int32Array.from(new Set(rows));
	const { scores, linked } = scoreRows(release, query, history.rows, weights, PARTS, distinct);
	if (query === null && linked === 0) return null;
	return new Map(Array.from(distinct, (row, place) => [row, scores[place] as number]));
}
