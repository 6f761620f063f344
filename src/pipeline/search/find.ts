import { LIMIT_MAX } from "../../contract/primitives.ts";
import type { Filter } from "../../contract/recommendation.ts";
import { SEARCH_MAX_OFFSET } from "../../contract/search.ts";
import { codeFilter, maskRows } from "../../rank/filter-rows.ts";
import { createLexicon } from "../../text/lexicon.ts";
import { type QueryWord, readQuery } from "../../text/query.ts";
import { coordinated, RELEVANCE_WEIGHTS, type RelevanceWeights, wordCount } from "../../text/relevance.ts";
import type { WordTable } from "../../text/text-vector.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { meaningOf } from "./meaning.ts";
import type { Segment } from "./segment.ts";

/** A product that was found. */
export type Hit = {
	readonly segment: Segment;
	readonly row: number;
	/** Words of the query that it has, as bits in the order of the query. */
	readonly words: number;
	score: number;
};

export type Found = {
	readonly query: readonly QueryWord[];
	/** Best first. */
	readonly hits: readonly Hit[];
	/** Most words that a hit has; 0 where there is none. */
	readonly most: number;
	/** The query with corrected words in the place of those typed; null: nothing was corrected. */
	readonly corrected: string | null;
};

/** Best hits by words whose meaning is compared. Those behind them keep their order by words. */
export const COMPARED_MAX = 400;

/** Hits that are brought in order: as far as a request may page. */
const SORTED_MIN = SEARCH_MAX_OFFSET + LIMIT_MAX;

/** Marks in the segments what a request may not be shown. */
export function maskSegments(segments: readonly Segment[], filter: Filter, leftOut: ReadonlySet<string>): void {
	for (const { codes, columns, masked, rowOf } of segments) {
		maskRows(columns, codeFilter(filter, codes), masked);
		for (const id of leftOut) {
			const row = rowOf(id);
			if (row !== -1) masked[row] = 1;
		}
	}
}

/**
 * Products that hold any word of a query and are not masked, best first: BM25F over all segments, times the share of the
 * words that they have, and the likeness of meaning on top.
 * @param table null: by words alone
 * @param thesaurus null: the shop has no synonyms
 */
export function find(
	segments: readonly Segment[],
	text: string,
	table: WordTable | null,
	weights: RelevanceWeights = RELEVANCE_WEIGHTS,
	thesaurus: Thesaurus | null = null,
): Found {
	const lexicon = createLexicon(segments.map(({ index }) => index));
	const query = readQuery(text, lexicon, thesaurus);
	const products = segments.reduce((sum, { index }) => sum + index.count, 0);
	const hits: Hit[] = [];
	let best = 0;
	let most = 0;
	for (const segment of segments) {
		const { rows, size, scores, words } = segment.matcher.match(query, lexicon, products);
		for (let i = 0; i < size; i++) {
			const row = rows[i] as number;
			if (segment.masked[row] === 1) continue;
			const bits = words[row] as number;
			const score = coordinated(scores[row] as number, bits, query.length, weights);
			if (score > best) best = score;
			const count = wordCount(bits);
			if (count > most) most = count;
			hits.push({ segment, row, words: bits, score });
		}
	}
	for (const hit of hits) hit.score /= best;
	const ordered = sortBest(hits, SORTED_MIN);
	const corrected = correctedText(text, query);
	const meaning = table === null || weights.meaning === 0 ? null : meaningOf(table, corrected ?? text);
	if (meaning !== null) {
		const compared = ordered.slice(0, COMPARED_MAX);
		for (const hit of compared) hit.score += weights.meaning * Math.max(0, meaning.likeness(hit.segment.index, hit.row));
		compared.sort(byScore);
		for (const [place, hit] of compared.entries()) ordered[place] = hit;
	}
	return { query, hits: ordered, most, corrected };
}

/** The best first, `least` of them at least; behind them the others in no order, which nobody pages to. */
function sortBest(hits: readonly Hit[], least: number): Hit[] {
	if (hits.length <= 2 * least) return hits.toSorted(byScore);
	const threshold = Float64Array.from(hits, ({ score }) => score).sort()[hits.length - least] as number;
	const best = hits.filter(({ score }) => score >= threshold);
	return [...best.sort(byScore), ...hits.filter(({ score }) => score < threshold)];
}

/** Equal scores go by id, so that an answer does not depend on what was indexed when. */
export function byScore(a: Hit, b: Hit): number {
	return b.score - a.score || (idOf(a) < idOf(b) ? -1 : 1);
}

export const idOf = ({ segment, row }: Pick<Hit, "segment" | "row">): string => segment.ids[row] as string;

/** The text with each word that was found only by an edit replaced by the likeliest one, as the catalogue writes it. */
function correctedText(text: string, query: readonly QueryWord[]): string | null {
	let shown = text;
	for (const { typed, ways } of query) {
		const meant = ways.every(({ edits }) => edits > 0) ? ways.find(({ form }) => form !== null)?.form : null;
		if (meant != null) shown = shown.replace(typed, meant).trim();
	}
	return shown === text ? null : shown;
}
