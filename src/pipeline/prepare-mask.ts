import type { RecommendationRequest } from "../contract/recommendation.ts";
import { codeFilter, maskRows } from "../rank/filter-rows.ts";
import type { KnownHistory } from "../sequence/history.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

/**
 * Marks in the tables what this request may not be shown: what the filter leaves out, what is deleted or sold out,
 * what was excluded, the page's own product, what was dismissed with its variants and, on wish, what the history holds.
 */
export function prepareMask(
	release: OverlaidRelease,
	request: Pick<RecommendationRequest, "filter" | "exclude" | "excludeSeen" | "item">,
	{ rows, dismissed }: Pick<KnownHistory, "rows" | "dismissed">,
): void {
	const filter = codeFilter(request.filter, release.codes);
	for (const table of release.tables) if (!table.scanner.mask(table, filter)) maskRows(table, filter, table.masked);
	if (request.excludeSeen) for (const row of rows) release.mask(row);
	for (const row of dismissed) release.mask(row);
	maskVariants(release, dismissed);
	for (const id of request.item === null ? request.exclude : [...request.exclude, request.item]) {
		const row = release.rowOf(id);
		if (row !== -1) release.mask(row);
	}
}

/** Masks all variants of the products of the given rows. */
export function maskVariants(release: OverlaidRelease, rows: Iterable<number>): void {
	for (const row of variantsOf(release, rows)) release.mask(row);
}

/** Rows of all variants of the given rows' products, those rows among them where they have variants at all. */
export function variantsOf(release: OverlaidRelease, rows: Iterable<number>): number[] {
	const groups = new Set(Array.from(rows, (row) => groupOf(release, row)));
	groups.delete(-1);
	const found: number[] = [];
	if (groups.size === 0) return found;
	for (const [t, { count, group }] of release.tables.entries()) {
		const first = release.firsts[t] as number;
		for (let at = 0; at < count; at++) if (groups.has(group[at] as number)) found.push(first + at);
	}
	return found;
}

/** Key of the product that a row is a variant of. */
export function productOf(release: OverlaidRelease, row: number): number {
	const group = groupOf(release, row);
	// Groups count down from -1, rows up from 0.
	return group === -1 ? row : -1 - group;
}

/** Code of the variant group of a row; -1 where the product has no variants. */
function groupOf(release: OverlaidRelease, row: number): number {
	const [table, at] = release.locate(row);
	return table.group[at] as number;
}
