import type { RecommendationRequest } from "../contract/recommendation.ts";
import { codeFilter, maskRows } from "../rank/filter-rows.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

/**
 * Marks in the scratch what this request may not be shown: what the filter leaves out, what is deleted or sold out,
 * what was excluded, the page's own product and, on wish, what the history holds.
 * @param seen rows of the history
 */
export function prepareMask(
	release: OverlaidRelease,
	request: Pick<RecommendationRequest, "filter" | "exclude" | "excludeSeen" | "item">,
	seen: Int32Array,
): void {
	const { masked } = release.scratch();
	const filter = codeFilter(request.filter, release.codes);
	for (const [t, table] of release.tables.entries()) maskRows(table, release.firsts[t] as number, filter, masked);
	if (request.excludeSeen) for (const row of seen) masked[row] = 1;
	for (const id of request.item === null ? request.exclude : [...request.exclude, request.item]) {
		const row = release.rowOf(id);
		if (row !== -1) masked[row] = 1;
	}
}
