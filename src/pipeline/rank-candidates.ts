import { PARTS, type Part } from "../contract/recommendation.ts";
import { fusedScores, OWN, type PartWeights, seenOffset } from "../rank/fusion.ts";
import { reachNeighbours } from "../retrieve/neighbours.ts";
import { offerByPopularity } from "../retrieve/popular.ts";
import type { QuantisedQuery } from "../retrieve/rows.ts";
import type { Lift } from "./apply-rules.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

/** Rows best first. The first `scored` were candidates; the others complete the list by popularity, with score 0. */
export type RankedRows = { readonly rows: Int32Array; readonly scores: Float64Array; readonly scored: number };

const column = (part: Part): number => PARTS.indexOf(part);
const ENCODER = column("encoder");
const POPULAR = column("popular");
const NOTHING = { rows: new Int32Array(0), scores: new Float64Array(0) };

/**
 * Candidates are the best rows by encoder score united with all neighbours reached; their order is that of the fused
 * score, ties to the lower row. Expects the tables' masks to be made; leaves the candidates in the scratch, so that
 * the answer can be explained, and marks them in the masks when it had to complete the list.
 * @param query   null: without the encoder
 * @param history rows, oldest first
 * @param parts   those that may bring candidates and speak
 * @param lift    what rules add to a candidate's score; null: nothing
 */
export function rankCandidates(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
	limit: number,
	lift: Lift | null = null,
): RankedRows {
	const ranked = rankScored(release, query, history, weights, parts, limit, lift);
	const missing = limit - ranked.rows.length;
	if (missing <= 0) return { ...ranked, scored: ranked.rows.length };
	for (const row of ranked.rows) release.mask(row);
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
	lift: Lift | null = null,
): Omit<RankedRows, "scored"> {
	const { candidates, top } = release.scratch();
	reachLinked(release, history, parts);
	const linked = candidates.size;
	if (query !== null && parts.includes("encoder")) reachNearest(release, query);
	const scores = fuse(release, query, linked, history, weights, parts, lift);
	const { rows } = candidates;
	top.reset(limit);
	for (let c = 0; c < scores.length; c++) top.offer(rows[c] as number, scores[c] as number);
	return top.sorted();
}

/**
 * Scores chosen rows, each of them, as if all were candidates. Overwrites the tables' masks and leaves the rows in the
 * scratch's candidates, so that they can be explained.
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
	lift: Lift | null = null,
): { readonly scores: Float64Array; readonly linked: number } {
	const { candidates } = release.scratch();
	for (const { masked, count } of release.tables) masked.fill(1, 0, count);
	for (const row of rows) {
		const [table, at] = release.locate(row);
		table.masked[at] = 0;
	}
	reachLinked(release, history, parts);
	const linked = candidates.size;
	for (const row of rows) candidates.place(row);
	const scores = fuse(release, query, candidates.size, history, weights, parts, lift);
	return { scores: Float64Array.from(rows, (row) => scores[candidates.place(row)] as number), linked };
}

/** Makes candidates of the rows that are not masked and that the history links to, and of no others. */
function reachLinked(release: OverlaidRelease, history: Int32Array, parts: readonly Part[]): void {
	const { candidates } = release.scratch();
	const { fusion, table: own } = release.loaded;
	candidates.clear();
	for (const part of ["transitions", "similar", "bought"] as const) {
		const table = release.loaded[part];
		// Neighbours link to rows of the release alone.
		if (table !== null && parts.includes(part)) reachNeighbours(table, fusion[part], history, own.masked, candidates, column(part));
	}
}

/**
 * Completes the features of all candidates.
 * @param unscored of the candidates the first, which have no encoder's score yet
 * @returns the fused scores, by place
 */
function fuse(
	release: OverlaidRelease,
	query: QuantisedQuery | null,
	unscored: number,
	history: Int32Array,
	weights: PartWeights,
	parts: readonly Part[],
	lift: Lift | null,
): Float64Array {
	const { candidates } = release.scratch();
	writeOwnFeatures(release, parts.includes("encoder") ? query : null, unscored);
	const scores = fusedScores(candidates.features, candidates.size, weights);
	if (weights[OWN] !== 0) addOwnOffsets(release, history, scores);
	if (lift !== null) for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] as number) + lift(candidates.rows[c] as number);
	return scores;
}

/** What the tables say of each candidate: its popularity and, of the unscored where there is a query, the encoder's score. */
function writeOwnFeatures(release: OverlaidRelease, query: QuantisedQuery | null, unscored: number): void {
	const { size, rows, features, columns } = release.scratch().candidates;
	for (const [t, { count, popularity, scanner }] of release.tables.entries()) {
		const first = release.firsts[t] as number;
		const places = new Int32Array(unscored);
		const within = new Int32Array(unscored);
		let held = 0;
		for (let c = 0; c < size; c++) {
			const row = (rows[c] as number) - first;
			if (row < 0 || row >= count) continue;
			features[c * columns + POPULAR] = popularity[row] as number;
			if (c >= unscored) continue;
			places[held] = c * columns;
			within[held++] = row;
		}
		if (query === null) continue;
		const scores = scanner.score(query, within.subarray(0, held));
		for (let h = 0; h < held; h++) features[(places[h] as number) + ENCODER] = scores[h] as number;
	}
}

/** Makes candidates, with their scores, of the rows that are not masked and nearest to the query. */
function reachNearest(release: OverlaidRelease, query: QuantisedQuery): void {
	const { candidates, top } = release.scratch();
	const most = release.loaded.fusion.encoder.candidates;
	const held = [...release.tables.entries()].filter(([, { count }]) => count > 0);
	const found = held.map(([t, { count, scanner }]) => ({ first: release.firsts[t] as number, ...scanner.scan(count, [query], most)[0] }));
	top.reset(most);
	for (const { first, rows = NOTHING.rows, scores = NOTHING.scores } of found) {
		for (let place = 0; place < rows.length; place++) {
			const row = first + (rows[place] as number);
			if (found.length === 1) candidates.add(row, ENCODER, scores[place] as number);
			else top.offer(row, scores[place] as number);
		}
	}
	const best = top.sorted();
	for (let place = 0; place < best.rows.length; place++) candidates.add(best.rows[place] as number, ENCODER, best.scores[place] as number);
}

/** Adds what each candidate adds by itself: its boost, and where it stands in the history the offset of its last place there. */
function addOwnOffsets(release: OverlaidRelease, history: Int32Array, scores: Float64Array): void {
	const { candidates } = release.scratch();
	const { rows } = candidates;
	const offsets = Array.from(seenOffsets(release, history), ([row, offset]) => ({ place: candidates.find(row), offset }));
	const before = offsets.map(({ place }) => scores[place] as number);
	const { boost } = release.loaded.table;
	if (boost !== null) for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] as number) + (boost[rows[c] as number] ?? 0);
	for (const [n, { place, offset }] of offsets.entries()) {
		if (place !== -1) scores[place] = (before[n] as number) + (offset + release.boostOf(rows[place] as number));
	}
}

/** Offset of each product of the history, by row. */
export function seenOffsets(release: OverlaidRelease, history: Int32Array): Map<number, number> {
	const { seen } = release.loaded.fusion;
	const offsets = new Map<number, number>();
	if (seen.length > 0) for (const [place, row] of history.entries()) offsets.set(row, seenOffset(seen, history.length - 1 - place));
	return offsets;
}

/** Rows that are not masked by popularity, then row. */
export function mostPopular(release: OverlaidRelease, most: number): { readonly rows: Int32Array; readonly scores: Float64Array } {
	if (most <= 0) return NOTHING;
	const { top } = release.scratch();
	top.reset(most);
	for (const [t, table] of release.tables.entries()) {
		offerByPopularity(table.popularity, table.count, release.firsts[t] as number, table.masked, top);
	}
	return top.sorted();
}
