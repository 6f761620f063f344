import { deal } from "../../retrieve/popular.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import { popularIds } from "../popular-items.ts";
import { EMPTY_POOL, listed, type MakePool } from "./pool.ts";

/** What is asked for more than it used to be: the lists of the filter's categories, else the common one. */
export const trendingPool: MakePool = ({ release, spec, hot, most }) => {
	if (hot === null) return EMPTY_POOL;
	const { trending } = hot;
	const ids =
		spec.filter.category === undefined ? trending.overall : deal(spec.filter.category.map((name) => trending.byCategory.get(name) ?? []));
	return listed(shownRows(release, ids, most), { reasonOf: () => ({ kind: "trending" }), rung: "popular" });
};

/** What the catalogue has seen last. */
export const newPool: MakePool = ({ release, hot, most }) =>
	listed(shownRows(release, hot?.newest ?? [], most), { reasonOf: () => ({ kind: "new" }), rung: "popular" });

/** What is popular of late, and over the release's time. */
export const popularPool: MakePool = ({ release, spec, hot, most }) =>
	listed(shownRows(release, popularIds(release, spec, hot), most), { reasonOf: () => ({ kind: "popular" }), rung: "popular" });

/** Rows of the ids that may be shown, each once. */
function shownRows(release: OverlaidRelease, ids: Iterable<string>, most: number): number[] {
	const rows = new Set<number>();
	for (const id of ids) {
		if (rows.size >= most) break;
		const row = release.rowOf(id);
		if (row !== -1 && !release.isMasked(row)) rows.add(row);
	}
	return [...rows];
}
