import { type CoarseContext, UNKNOWN_CONTEXT } from "../contract/context.ts";
import type { Exploration } from "../contract/policy.ts";
import {
	PARTS,
	type Part,
	type RecommendationRequest,
	type RecommendationResponse,
	type RecommendedItem,
	type Source,
} from "../contract/recommendation.ts";
import type { Exploring } from "../rank/explore.ts";
import { bucketWeights, type PartWeights, weightsOfParts } from "../rank/fusion.ts";
import { NO_RULES, narrowed, type RulesInForce, withPins } from "../rank/rules.ts";
import type { QuantisedQuery } from "../retrieve/rows.ts";
import { type KnownHistory, knownHistory } from "../sequence/history.ts";
import { effectsOf, liftOf, maskPinned, named, pinnedItems, pinnedRows, withEffects } from "./apply-rules.ts";
import { arrange, rankedFor } from "./arrange.ts";
import { encodeQuery } from "./encode-query.ts";
import { createExplainer } from "./explain.ts";
import { workingEncoder } from "./load-release.ts";
import { onePerProduct } from "./one-per-product.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { popularItems } from "./popular-items.ts";
import type { HotLists } from "./ports.ts";
import { prepareMask } from "./prepare-mask.ts";
import { rankCandidates } from "./rank-candidates.ts";
import type { Stopwatch } from "./stopwatch.ts";

export type Answer = Readonly<Pick<RecommendationResponse, "source" | "ignored" | "rules" | "items">>;

/** An answer and how its list was drawn, which is told by its recommendation id alone; absent: nothing was drawn. */
export type DrawnAnswer = Answer & { readonly exploration?: Exploration };
type Listed = Pick<DrawnAnswer, "items" | "exploration">;

/** Told when a rung failed for a reason that is not the request's. */
export type OnFault = (rung: Source, error: unknown) => void;

/**
 * Answers from a release: `personal`, else `session`, else `popular`. No rung throws past this function; the last one
 * gives an empty list at worst. It never pauses, so that the overlay cannot change under it.
 */
export function answerFrom(
	release: OverlaidRelease,
	request: RecommendationRequest,
	context: CoarseContext,
	hot: HotLists | null,
	now: number,
	watch: Stopwatch,
	onFault: OnFault,
	rules: RulesInForce = NO_RULES,
	exploring: Exploring | null = null,
): DrawnAnswer {
	const history = knownHistory(request, release, now);
	const common = { ignored: history.ignored, ...named(rules) };
	const ruled = { ...request, filter: narrowed(request.filter, rules) };
	if (workingEncoder(release.loaded) !== null && history.entries.length > 0) {
		try {
			const query = watch.span("encode", () => encodeQuery(release, history, context));
			const listed = watch.span("rank", () => rank(release, ruled, history, query, null, rules, context, exploring));
			return { source: "personal", ...common, ...listed };
		} catch (error) {
			onFault("personal", error);
		}
	}
	if (history.rows.length > 0) {
		try {
			const listed = watch.span("rank", () => rank(release, ruled, history, null, null, rules, context, exploring));
			if (listed.items.length > 0) return { source: "session", ...common, ...listed };
		} catch (error) {
			onFault("session", error);
		}
	}
	return { source: "popular", ...common, ...watch.span("rank", () => popularItems(release, ruled, history, hot, rules, exploring)) };
}

/**
 * The list by chosen parts only.
 * @throws what the encoder throws, when it is among the parts
 */
export function answerByParts(release: OverlaidRelease, request: RecommendationRequest, parts: readonly Part[], now: number): Answer {
	const history = knownHistory(request, release, now);
	const asks = parts.includes("encoder");
	const query = asks && history.entries.length > 0 ? encodeQuery(release, history, UNKNOWN_CONTEXT) : null;
	return {
		source: asks ? "personal" : "session",
		ignored: history.ignored,
		...rank(release, request, history, query, parts, NO_RULES, UNKNOWN_CONTEXT, null),
	};
}

/**
 * Masks, ranks and names. A shopper is shown one variant of a product; what is asked by parts is every row, as it is measured.
 * @param query null: the session's weights, fitted without the encoder
 * @param parts null: all, and an empty list when no candidate was found at all
 */
function rank(
	release: OverlaidRelease,
	request: RecommendationRequest,
	history: KnownHistory,
	query: QuantisedQuery | null,
	parts: readonly Part[] | null,
	rules: RulesInForce,
	context: CoarseContext,
	exploring: Exploring | null,
): Listed {
	prepareMask(release, request, history);
	const pinned = pinnedRows(release, rules, request.limit);
	maskPinned(release, pinned);
	const { buckets, session } = release.loaded.fusion;
	const fitted = bucketWeights(query === null ? session : buckets, history.rows.length);
	const weights: PartWeights = parts === null ? fitted : weightsOfParts(fitted, parts);
	const lift = liftOf(release, rules);
	const wanted = rankedFor(request, exploring);
	const ranked =
		parts === null
			? onePerProduct(release, wanted, (most) => rankCandidates(release, query, history.rows, weights, PARTS, most, lift))
			: rankCandidates(release, query, history.rows, weights, parts, wanted);
	if (ranked.scored === 0 && parts === null && query === null) return { items: [] };
	const { entries, ...drawn } = arrange(release, request, ranked, pinned, exploring);
	const explain = createExplainer(release, history, weights, query, context);
	const effects = effectsOf(release, rules);
	const items = entries.map((entry): RecommendedItem => {
		const row = ranked.rows[entry] as number;
		return {
			id: release.idOf(row),
			score: ranked.scores[entry] as number,
			...(request.explain &&
				(entry < ranked.scored
					? withEffects(explain(row), effects(row))
					: { reason: { kind: "popular" as const }, contributions: { popular: 0 } })),
		};
	});
	return { items: withPins(items, pinnedItems(release, pinned, request.explain), request.limit), ...drawn };
}
