import { PARTS, type Part } from "../contract/recommendation.ts";
import { fusedScore, OWN, type PartWeights, seenOffset } from "../rank/fusion.ts";
import { reachNeighbours } from "../retrieve/neighbours.ts";
import { offerByPopularity } from "../retrieve/popular.ts";
import { type QuantisedQuery, scoreRow } from "../retrieve/rows.ts";
import { scan } from "../retrieve/scan.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

/** Rows best first. The first `scored` were candidates; the others complete the list by popularity, with score 0. */
export type RankedRows = { readonly rows: Int32Array; readonly scores: Float64Array; readonly scored: number };

const column = (part: Part): number => PARTS.indexOf(part);
const NOTHING = { rows: new Int32Array(0), scores: new Float64Array(0) };

/**
 * Candidates are the best rows by encoder score united with all neighbours reached; their order is that of the fused
 * score, ties to the lower row. Expects the scratch's mask to be made; leaves the candidates in the scratch, so that
 * the answer can be explained, and marks them in the mask when it had to complete the list.
 * @param query   null: without the encoder
 * @param history rows, oldest first
 * @param parts   those that may bring candidates and speak
 */
export function rankCandidates(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
	limit: number,
): RankedRows {
	const { masked, candidates, top } = release.scratch();
	const { fusion } = release.loaded;
	candidates.clear();
	for (const part of ["transitions", "similar", "bought"] as const) {
		const table = release.loaded[part];
		if (table !== null && parts.includes(part)) reachNeighbours(table, fusion[part], history, masked, candidates, column(part));
	}
	if (query !== null && parts.includes("encoder")) {
		top.reset(fusion.encoder.candidates);
		for (const [t, table] of release.tables.entries()) scan(table, release.firsts[t] as number, query, masked, top);
		for (const row of top.sorted().rows) candidates.place(row);
		candidates.mapColumn(column("encoder"), (_, row) => scoreRow(...release.locate(row), query));
	}
	candidates.mapColumn(column("popular"), (_, row) => {
		const [table, at] = release.locate(row);
		return table.popularity[at] as number;
	});
	const own = weights[OWN] === 0 ? null : ownOffsets(release, history);
	top.reset(limit);
	for (let c = 0; c < candidates.size; c++) {
		const row = candidates.rows[c] as number;
		const score = fusedScore(candidates.features, c, weights);
		top.offer(row, own === null ? score : score + own(row));
	}
	const ranked = top.sorted();
	const missing = limit - ranked.rows.length;
	if (missing <= 0) return { ...ranked, scored: ranked.rows.length };
	for (const row of ranked.rows) masked[row] = 1;
	const rest = mostPopular(release, missing);
	const rows = new Int32Array(ranked.rows.length + rest.rows.length);
	rows.set(ranked.rows);
	rows.set(rest.rows, ranked.rows.length);
	const scores = new Float64Array(rows.length);
	scores.set(ranked.scores);
	return { rows, scores, scored: ranked.rows.length };
}

/** What a row adds by itself: its boost, and where it stands in the history the offset of its last place there. */
function ownOffsets(release: OverlaidRelease, history: Int32Array): (row: number) => number {
	const offsets = seenOffsets(release, history);
	return (row) => (offsets.get(row) ?? 0) + boostOf(release, row);
}

/** Offset of each product of the history, by row. */
export function seenOffsets(release: OverlaidRelease, history: Int32Array): Map<number, number> {
	const { seen } = release.loaded.fusion;
	const offsets = new Map<number, number>();
	if (seen.length > 0) for (const [place, row] of history.entries()) offsets.set(row, seenOffset(seen, history.length - 1 - place));
	return offsets;
}

export function boostOf(release: OverlaidRelease, row: number): number {
	const [table, at] = release.locate(row);
	return table.boost[at] as number;
}

/** Rows that are not masked by popularity, then row. */
export function mostPopular(release: OverlaidRelease, most: number): { readonly rows: Int32Array; readonly scores: Float64Array } {
	if (most <= 0) return NOTHING;
	const { masked, top } = release.scratch();
	top.reset(most);
	for (const [t, table] of release.tables.entries()) {
		offerByPopularity(table.popularity, table.count, release.firsts[t] as number, masked, top);
	}
	return top.sorted();
}
