import type { Exploration } from "../contract/policy.ts";
import type { RecommendationRequest, RecommendedItem } from "../contract/recommendation.ts";
import type { Exploring } from "../rank/explore.ts";
import { type RulesInForce, withPins, withRules } from "../rank/rules.ts";
import { deal } from "../retrieve/popular.ts";
import type { KnownHistory } from "../sequence/history.ts";
import { effectsOf, lifted, liftOf, maskPinned, pinnedItems, pinnedRows } from "./apply-rules.ts";
import { arrange, rankedFor } from "./arrange.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import type { HotLists } from "./ports.ts";
import { prepareMask, productOf } from "./prepare-mask.ts";
import { mostPopular } from "./rank-candidates.ts";

/** Length of the list, against what is wanted of it, from which rules may lift products. */
const LIFTED_FROM = 5;

/**
 * What is popular, under the request's filter and exclusions: the lists of the categories in question first (those of
 * the filter, else that of the page's product), then the common ones; lists of the last days before the release's. The
 * popularity column completes the list. Scores only tell the order: 1 / place.
 */
export function popularItems(
	release: OverlaidRelease,
	request: Pick<RecommendationRequest, "filter" | "exclude" | "excludeSeen" | "item" | "limit" | "diversity" | "novelty" | "explain">,
	history: Pick<KnownHistory, "rows" | "dismissed">,
	hot: HotLists | null,
	rules: RulesInForce,
	exploring: Exploring | null,
): { readonly items: RecommendedItem[]; readonly exploration?: Exploration } {
	prepareMask(release, request, history);
	const pinned = pinnedRows(release, rules, request.limit);
	maskPinned(release, pinned);
	const lift = liftOf(release, rules);
	const wanted = rankedFor(request, exploring);
	const found = popularRows(release, request, hot, new Set(), lift === null ? wanted : LIFTED_FROM * wanted);
	const rows = Int32Array.from(lifted(found, lift)).subarray(0, wanted);
	const ranked = { rows, scores: Float64Array.from(rows, (_, place) => -place), scored: rows.length };
	const { entries, ...drawn } = arrange(release, request, ranked, pinned, exploring);
	const effects = effectsOf(release, rules);
	const items = entries.map(
		(entry, place): RecommendedItem => ({
			id: release.idOf(rows[entry] as number),
			score: 1 / (place + 1),
			...(request.explain && { reason: withRules({ kind: "popular" }, effects(rows[entry] as number)) }),
		}),
	);
	return { items: withPins(items, pinnedItems(release, pinned, request.explain), request.limit), ...drawn };
}

/**
 * Rows that complete a list, one of each product: those of the lists first, then by the popularity column until there
 * are enough or none is left. Marks in the mask what it looked at.
 * @param taken products that may not come again; those that are added are entered
 */
export function popularRows(
	release: OverlaidRelease,
	request: Pick<RecommendationRequest, "filter" | "item">,
	hot: HotLists | null,
	taken: Set<number>,
	limit: number,
): number[] {
	const rows: number[] = [];
	const take = (row: number): void => {
		if (rows.length >= limit || row === -1 || release.isMasked(row)) return;
		release.mask(row);
		const product = productOf(release, row);
		if (taken.has(product)) return;
		taken.add(product);
		rows.push(row);
	};
	for (const id of popularIds(release, request, hot)) {
		if (rows.length >= limit) break;
		take(release.rowOf(id));
	}
	while (rows.length < limit) {
		// Variants of products that are taken may stand before the others: more than is missing is looked at.
		const next = mostPopular(release, Math.max(64, 4 * (limit - rows.length))).rows;
		if (next.length === 0) break;
		for (const row of next) take(row);
	}
	return rows;
}

/**
 * Ids of the lists in their order, some of them more than once; what may not be shown is still among them. A list is looked
 * at only once those before it are used up.
 */
export function* popularIds(
	release: OverlaidRelease,
	{ filter, item }: Pick<RecommendationRequest, "filter" | "item">,
	hot: HotLists | null,
): Generator<string, void> {
	const { popular } = release.loaded;
	const categories = filter.category ?? categoryOfPage(release, item);
	yield* deal(categories.map((name) => hot?.byCategory.get(name) ?? []));
	yield* deal(categories.map((name) => (Object.hasOwn(popular.byCategory, name) ? (popular.byCategory[name] ?? []) : [])));
	yield* hot?.overall ?? [];
	yield* popular.overall;
}

function categoryOfPage(release: OverlaidRelease, item: string | null): readonly string[] {
	const row = item === null ? -1 : release.rowOf(item);
	if (row === -1) return [];
	const [table, at] = release.locate(row);
	const name = release.codes.categoryName(table.category[at] as number);
	return name === null ? [] : [name];
}
