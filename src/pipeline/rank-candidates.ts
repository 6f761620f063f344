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
	const { masked } = release.scratch();
	const ranked = rankScored(release, query, history, weights, parts, limit);
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

/** The same without completion: the best candidates, however few there are. */
export function rankScored(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
	limit: number,
): Omit<RankedRows, "scored"> {
	const { masked, candidates, top } = release.scratch();
	const { fusion } = release.loaded;
	reachLinked(release, history, parts);
	if (query !== null && parts.includes("encoder")) {
		top.reset(fusion.encoder.candidates);
		for (const [t, table] of release.tables.entries()) scan(table, release.firsts[t] as number, query, masked, top);
		for (const row of top.sorted().rows) candidates.place(row);
	}
	const scoreOf = fuse(release, query, history, weights, parts);
	top.reset(limit);
	for (let c = 0; c < candidates.size; c++) top.offer(candidates.rows[c] as number, scoreOf(c));
	return top.sorted();
}

/**
 * Scores chosen rows, each of them, as if all were candidates. Overwrites the scratch's mask and leaves the rows in its
 * candidates, so that they can be explained.
 * @param query null: without the encoder
 * @returns scores in the order of the rows, and how many of the rows the history links to
 */
export function scoreRows(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
	rows: Int32Array,
): { readonly scores: Float64Array; readonly linked: number } {
	const { masked, candidates } = release.scratch();
	masked.fill(1);
	for (const row of rows) masked[row] = 0;
	reachLinked(release, history, parts);
	const linked = candidates.size;
	for (const row of rows) candidates.place(row);
	const scoreOf = fuse(release, query, history, weights, parts);
	return { scores: Float64Array.from(rows, (row) => scoreOf(candidates.place(row))), linked };
}

/** Makes candidates of the rows that are not masked and that the history links to, and of no others. */
function reachLinked(release: OverlaidRelease, history: Int32Array, parts: readonly Part[]): void {
	const { masked, candidates } = release.scratch();
	const { fusion } = release.loaded;
	candidates.clear();
	for (const part of ["transitions", "similar", "bought"] as const) {
		const table = release.loaded[part];
		if (table !== null && parts.includes(part)) reachNeighbours(table, fusion[part], history, masked, candidates, column(part));
	}
}

/** Completes the features of all candidates. @returns the fused score of a candidate by its place */
function fuse(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
): (candidate: number) => number {
	const { candidates } = release.scratch();
	if (query !== null && parts.includes("encoder")) {
		candidates.mapColumn(column("encoder"), (_, row) => scoreRow(...release.locate(row), query));
	}
	candidates.mapColumn(column("popular"), (_, row) => {
		const [table, at] = release.locate(row);
		return table.popularity[at] as number;
	});
	const own = weights[OWN] === 0 ? null : ownOffsets(release, history);
	return (candidate) => {
		const score = fusedScore(candidates.features, candidate, weights);
		return own === null ? score : score + own(candidates.rows[candidate] as number);
	};
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
