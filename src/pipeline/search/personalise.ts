import type { CoarseContext } from "../../contract/context.ts";
import { type HistoryEntry, PARTS } from "../../contract/recommendation.ts";
import type { SearchSourceName } from "../../contract/search.ts";
import { bucketWeights } from "../../rank/fusion.ts";
import type { QuantisedQuery } from "../../retrieve/rows.ts";
import { knownHistory } from "../../sequence/history.ts";
import type { OnFault } from "../answer.ts";
import { encodeQuery } from "../encode-query.ts";
import { workingEncoder } from "../load-release.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { scoreRows } from "../rank-candidates.ts";
import { byScore, type Hit, idOf } from "./find.ts";

/** Best hits that are put into personal order; what lies behind them keeps its place. */
const PERSONAL_MAX = 200;
/**
 * What the most personal of the hits gains, where the best score by relevance is 1: enough to order what is about equally
 * relevant, too little to bring up what lacks a word of the query.
 */
const PERSONAL_WEIGHT = 0.15;

/**
 * Puts the best hits into personal order within relevance: to each score PERSONAL_WEIGHT times the personal score, which is
 * brought to 0 to 1 over the hits that the release knows. Others gain nothing.
 */
export function personalise(
	release: OverlaidRelease,
	hits: readonly Hit[],
	sent: readonly HistoryEntry[],
	context: CoarseContext,
	now: number,
	onFault: OnFault,
): { readonly source: SearchSourceName; readonly ignored: number; readonly hits: readonly Hit[] } {
	const history = knownHistory({ history: [...sent], item: null }, release, now);
	const { ignored, entries, rows } = history;
	const best = hits.slice(0, PERSONAL_MAX);
	const known = best.flatMap((hit) => {
		const row = release.rowOf(idOf(hit));
		return row === -1 ? [] : [{ hit, row }];
	});
	if (known.length === 0 || entries.length === 0) return { source: "words", ignored, hits };
	const orderBy = (query: QuantisedQuery | null): readonly Hit[] | null => {
		const { buckets, session } = release.loaded.fusion;
		const weights = bucketWeights(query === null ? session : buckets, rows.length);
		const { scores, linked } = scoreRows(
			release,
			query,
			rows,
			weights,
			PARTS,
			Int32Array.from(known, ({ row }) => row),
		);
		if (query === null && linked === 0) return null;
		const [least, most] = [Math.min(...scores), Math.max(...scores)];
		const span = most - least || 1;
		const gains = new Map(known.map(({ hit }, k) => [hit, (PERSONAL_WEIGHT * ((scores[k] as number) - least)) / span]));
		return [...best.map((hit) => ({ ...hit, score: hit.score + (gains.get(hit) ?? 0) })).sort(byScore), ...hits.slice(PERSONAL_MAX)];
	};
	if (workingEncoder(release.loaded) !== null) {
		try {
			return { source: "personal", ignored, hits: orderBy(encodeQuery(release, history, context)) ?? hits };
		} catch (error) {
			onFault("personal", error);
		}
	}
	if (rows.length > 0) {
		try {
			const ordered = orderBy(null);
			if (ordered !== null) return { source: "session", ignored, hits: ordered };
		} catch (error) {
			onFault("session", error);
		}
	}
	return { source: "words", ignored, hits };
}
