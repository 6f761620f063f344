import type { RecommendationRequest, RecommendedItem } from "../contract/recommendation.ts";
import { deal } from "../retrieve/popular.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import type { HotLists } from "./ports.ts";
import { prepareMask } from "./prepare-mask.ts";
import { mostPopular } from "./rank-candidates.ts";

/**
 * What is popular, under the request's filter and exclusions: the lists of the categories in question first (those of
 * the filter, else that of the page's product), then the common ones; lists of the last days before the release's. The
 * popularity column completes the list. Scores only tell the order: 1 / place.
 */
export function popularItems(
	release: OverlaidRelease,
	request: Pick<RecommendationRequest, "filter" | "exclude" | "excludeSeen" | "item" | "limit" | "explain">,
	seen: Int32Array,
	hot: HotLists | null,
): readonly RecommendedItem[] {
	prepareMask(release, request, seen);
	const { masked } = release.scratch();
	const { popular } = release.loaded;
	const categories = request.filter.category ?? categoryOfPage(release, request.item);
	const listed = [
		...deal(categories.map((name) => hot?.byCategory.get(name) ?? [])),
		...deal(categories.map((name) => (Object.hasOwn(popular.byCategory, name) ? (popular.byCategory[name] ?? []) : []))),
		...(hot?.overall ?? []),
		...popular.overall,
	];
	const rows: number[] = [];
	const take = (row: number): void => {
		if (rows.length >= request.limit || row === -1 || masked[row] === 1) return;
		masked[row] = 1;
		rows.push(row);
	};
	for (const id of listed) take(release.rowOf(id));
	for (const row of mostPopular(release, request.limit - rows.length).rows) take(row);
	return rows.map((row, place) => ({
		id: release.idOf(row),
		score: 1 / (place + 1),
		...(request.explain && { reason: { kind: "popular" as const } }),
	}));
}

function categoryOfPage(release: OverlaidRelease, item: string | null): readonly string[] {
	const row = item === null ? -1 : release.rowOf(item);
	if (row === -1) return [];
	const [table, at] = release.locate(row);
	const name = release.codes.categoryName(table.category[at] as number);
	return name === null ? [] : [name];
}
