import type { CoarseContext } from "../contract/context.ts";
import type { RankedItem, RankRequest, RankResponse } from "../contract/rank.ts";
import { PARTS } from "../contract/recommendation.ts";
import { filtersNothing } from "../rank/filter-product.ts";
import { bucketWeights } from "../rank/fusion.ts";
import { NO_RULES, narrowed, pinReason, type RulesInForce, withPins } from "../rank/rules.ts";
import type { QuantisedQuery } from "../retrieve/rows.ts";
import { dismissedIds, type KnownHistory, knownHistory } from "../sequence/history.ts";
import type { OnFault } from "./answer.ts";
import { effectsOf, type Lift, liftOf, named, pinnedRows, withEffects } from "./apply-rules.ts";
import { encodeQuery } from "./encode-query.ts";
import { createExplainer } from "./explain.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { prepareMask } from "./prepare-mask.ts";
import { scoreRows } from "./rank-candidates.ts";
import type { Stopwatch } from "./stopwatch.ts";

export type RankedList = Pick<RankResponse, "source" | "ignored" | "rules" | "items" | "omitted">;

/** The ids of a list, each once: rows that can be scored, ids that cannot, and what may not be shown. */
type Sorted = {
	readonly rows: Int32Array;
	readonly unknown: readonly string[];
	readonly shown: readonly string[];
	readonly omitted: string[];
};

/**
 * Orders a given list: every row of it is scored, by the encoder with all that is counted, else by what is counted
 * alone. Where the history is empty or says nothing of any of them, the list stays as it was given. Equal scores keep
 * the order given. Never pauses, so that the overlay cannot change under it.
 */
export function rankList(
	release: OverlaidRelease,
	request: RankRequest,
	context: CoarseContext,
	now: number,
	watch: Stopwatch,
	onFault: OnFault,
	rules: RulesInForce = NO_RULES,
): RankedList {
	const history = knownHistory({ history: request.history, item: null }, release, now);
	const sorted = sortIds(release, { ...request, filter: narrowed(request.filter, rules) }, history);
	const common = { ignored: history.ignored, omitted: sorted.omitted, ...named(rules) };
	// Of the list's own products some may be pinned; the others are ordered around them.
	const inList = new Set(sorted.rows);
	const pinned = pinnedRows(release, rules, sorted.shown.length).filter(({ row }) => inList.has(row));
	const pins = pinned.map(({ row, rule, place }) => ({
		place,
		value: { id: release.idOf(row), score: null, ...(request.explain && { reason: pinReason(rule, place) }) },
	}));
	const isPinned = new Set(pins.map(({ value }) => value.id));
	const around = (items: readonly RankedItem[]) =>
		withPins(
			items.filter(({ id }) => !isPinned.has(id)),
			pins,
			items.length,
		);
	if (release.loaded.encoder !== null && history.entries.length > 0 && sorted.rows.length > 0) {
		try {
			const query = watch.span("encode", () => encodeQuery(release, history, context));
			const items = watch.span("rank", () => order(release, request, history, query, sorted, rules, context));
			if (items !== null) return { source: "personal", ...common, items: around(items) };
		} catch (error) {
			onFault("personal", error);
		}
	}
	if (history.rows.length > 0) {
		try {
			const items = watch.span("rank", () => order(release, request, history, null, sorted, rules, context));
			if (items !== null) return { source: "session", ...common, items: around(items) };
		} catch (error) {
			onFault("session", error);
		}
	}
	const lift = liftOf(release, rules);
	const given = lift === null ? sorted.shown : liftedIds(release, sorted.shown, lift);
	return { source: "static", ...common, items: around(given.map(unscored)) };
}

/** The order given, without what was dismissed: all that can be done without a release. */
export function listAsGiven({ ids, history }: Pick<RankRequest, "ids" | "history">): RankedList {
	const dismissed = dismissedIds(history);
	const distinct = [...new Set(ids)];
	const shown = distinct.filter((id) => !dismissed.has(id));
	return { source: "static", ignored: 0, items: shown.map(unscored), omitted: distinct.filter((id) => dismissed.has(id)) };
}

/** Those that gain first, those that lose last, else as given. */
function liftedIds(release: OverlaidRelease, ids: readonly string[], lift: Lift): readonly string[] {
	const liftOfId = (id: string) => {
		const row = release.rowOf(id);
		return row === -1 ? 0 : lift(row);
	};
	const lifts = new Map(ids.map((id) => [id, liftOfId(id)]));
	return ids.toSorted((a, b) => (lifts.get(b) as number) - (lifts.get(a) as number));
}

const unscored = (id: string): RankedItem => ({ id, score: null });

/** Of what is not known no filter can be answered: it passes where nothing filters. */
function sortIds(release: OverlaidRelease, { ids, filter, history: sent }: RankRequest, history: KnownHistory): Sorted {
	const lenient = { ...filter, inStock: filter.inStock ?? false };
	prepareMask(release, { filter: lenient, exclude: [], excludeSeen: false, item: null }, history);
	const dismissed = dismissedIds(sent);
	const passesUnknown = filtersNothing(filter);
	const rows: number[] = [];
	const unknown: string[] = [];
	const shown: string[] = [];
	const omitted: string[] = [];
	for (const id of new Set(ids)) {
		const row = release.rowOf(id);
		const isKnown = row !== -1 && canBeShown(release, row);
		const passes = isKnown ? !release.isMasked(row) : passesUnknown && !release.isDeleted(id) && !dismissed.has(id);
		if (!passes) omitted.push(id);
		else {
			shown.push(id);
			if (isKnown) rows.push(row);
			else unknown.push(id);
		}
	}
	return { rows: Int32Array.from(rows), unknown, shown, omitted };
}

function canBeShown(release: OverlaidRelease, row: number): boolean {
	const [table, at] = release.locate(row);
	return table.hidden[at] === 0;
}

/** @returns null where the history says nothing of any row: without the encoder, when it links to none */
function order(
	release: OverlaidRelease,
	{ explain: explains }: RankRequest,
	history: KnownHistory,
	query: QuantisedQuery | null,
	{ rows, unknown }: Sorted,
	rules: RulesInForce,
	context: CoarseContext,
): RankedItem[] | null {
	const { buckets, session } = release.loaded.fusion;
	const weights = bucketWeights(query === null ? session : buckets, history.rows.length);
	const { scores, linked } = scoreRows(release, query, history.rows, weights, PARTS, rows, liftOf(release, rules));
	if (query === null && linked === 0) return null;
	const places = Array.from(rows.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
	const explain = createExplainer(release, history, weights, query, context);
	const effects = effectsOf(release, rules);
	const ranked = places.map((place): RankedItem => {
		const row = rows[place] as number;
		return {
			id: release.idOf(row),
			score: scores[place] as number,
			...(explains && withEffects(explain(row), effects(row))),
		};
	});
	return [...ranked, ...unknown.map(unscored)];
}
