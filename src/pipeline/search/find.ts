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
import { oneEach, type Place, type Products } from "./products.ts";
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

export type FindBy = {
	/** null: the shop has no synonyms. */
	readonly thesaurus?: Thesaurus | null;
	/** Products whose variants are to share a place; null: each hit is one of its own. */
	readonly products?: Products | null;
};

/** Best hits by words whose meaning is compared. Those behind them keep their order by words. */
export const COMPARED_MAX = 400;

/** Hits that are brought in order: as far as a request may page. */
const SORTED_MIN = SEARCH_MAX_OFFSET + LIMIT_MAX;

/** Marks in the segments what a request may not be shown. @param leftOut ids, with all variants of theirs */
export function maskSegments(segments: readonly Segment[], filter: Filter, leftOut: ReadonlySet<string>): void {
	for (const { codes, columns, masked } of segments) maskRows(columns, codeFilter(filter, codes), masked);
	if (leftOut.size === 0) return;
	const groups = new Set<number>();
	for (const { columns, masked, rowOf } of segments) {
		for (const id of leftOut) {
			const row = rowOf(id);
			if (row === -1) continue;
			masked[row] = 1;
			if (columns.hidden[row] === 0) groups.add(columns.group[row] as number);
		}
	}
	groups.delete(-1);
	if (groups.size === 0) return;
	for (const { columns, masked } of segments) {
		for (let row = 0; row < columns.count; row++) if (groups.has(columns.group[row] as number)) masked[row] = 1;
	}
}

/**
 * Products that hold any word of a query and are not masked, best first: BM25F over all segments, times the share of the
 * words that they have, and the likeness of meaning on top.
 * @param table null: by words alone
 */
export function find(
	segments: readonly Segment[],
	text: string,
	table: WordTable | null,
	weights: RelevanceWeights = RELEVANCE_WEIGHTS,
	{ thesaurus = null, products: one = null }: FindBy = {},
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
	const ordered = sortBest(hits, SORTED_MIN, one);
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

/** Products that hold every word of a text and are not masked, one variant of each, in no order. */
export function holdingAll(segments: readonly Segment[], text: string, products: Products): readonly Place[] {
	const lexicon = createLexicon(segments.map(({ index }) => index));
	const query = readQuery(text, lexicon);
	const all = 2 ** query.length - 1;
	const count = segments.reduce((sum, { index }) => sum + index.count, 0);
	const places: Place[] = [];
	for (const segment of segments) {
		const { rows, size, words } = segment.matcher.match(query, lexicon, count);
		for (let i = 0; i < size; i++) {
			const row = rows[i] as number;
			if (words[row] === all && segment.masked[row] === 0) places.push({ segment, row });
		}
	}
	return oneEach(places, products);
}

/** The best first, until there are `least` products at least; behind them the others in no order, which nobody pages to. */
function sortBest(hits: readonly Hit[], least: number, products: Products | null): Hit[] {
	if (hits.length <= 2 * least) return hits.toSorted(byScore);
	const scores = products === null ? Float64Array.from(hits, ({ score }) => score) : bestScores(hits, products);
	const threshold = scores.sort().at(-least) ?? Number.NEGATIVE_INFINITY;
	const best = hits.filter(({ score }) => score >= threshold);
	return [...best.sort(byScore), ...hits.filter(({ score }) => score < threshold)];
}

/** Score of each product's best variant, in no order. */
function bestScores(hits: readonly Hit[], products: Products): Float64Array {
	const best = new Map<number, number>();
	for (const hit of hits) {
		const product = products.of(hit);
		const score = best.get(product);
		if (score === undefined || hit.score > score) best.set(product, hit.score);
	}
	return Float64Array.from(best.values());
}

/** Equal scores go by id, so that an answer does not depend on what was indexed when. */
export function byScore(a: Hit, b: Hit): number {
	return b.score - a.score || (idOf(a) < idOf(b) ? -1 : 1);
}

export const idOf = ({ segment, row }: Pick<Hit, "segment" | "row">): string => segment.ids[row] as string;

/** The text with each word that was found only by an edit replaced by the likeliest one, as the catalogue writes it. */
function correctedText(text: string, query: readonly QueryWord[]): string | null {
	let shown = text;
	let from = 0;
	for (const { typed, ways } of query) {
		const at = shown.indexOf(typed, from);
		// Pairs of characters overlap: the second begins before the first ends.
		if (at === -1) continue;
		const meant = ways.every(({ edits }) => edits > 0) ? ways.find(({ form }) => form !== null)?.form : null;
		if (meant != null) shown = shown.slice(0, at) + meant + shown.slice(at + typed.length);
		from = at + (meant ?? typed).length;
	}
	shown = shown.trim();
	return shown === text.trim() ? null : shown;
}
