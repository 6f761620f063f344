import type { CoarseContext } from "../../contract/context.ts";
import { DISMISSAL, type Reason } from "../../contract/recommendation.ts";
import type { FoundItem, Relaxed, SearchRequest, SearchResponse } from "../../contract/search.ts";
import { NO_RULES, narrowed, type RulesInForce } from "../../rank/rules.ts";
import { dismissedIds } from "../../sequence/history.ts";
import { highlight } from "../../text/highlight.ts";
import type { QueryWord } from "../../text/query.ts";
import { ITEM_SPACE_WEIGHTS, RELEVANCE_WEIGHTS, type RelevanceWeights, wordCount } from "../../text/relevance.ts";
import type { WordTable } from "../../text/text-vector.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import type { OnFault } from "../answer.ts";
import { named } from "../apply-rules.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import type { Stopwatch } from "../stopwatch.ts";
import { complete } from "./complete.ts";
import { countFacets } from "./count-facets.ts";
import { type Found, find, type Hit, idOf, maskSegments } from "./find.ts";
import { kindFirst } from "./kind-first.ts";
import { personalise } from "./personalise.ts";
import { countProducts, oneEach, productsOf } from "./products.ts";
import { ruleHits, unruled } from "./rule-hits.ts";
import type { Segment } from "./segment.ts";
import { titlesOf } from "./titles.ts";

/** What makes more of an answer than words alone; each may be missing. */
export type SearchMind = {
	readonly release: OverlaidRelease | null;
	readonly meaning: WordTable | null;
	readonly weights: RelevanceWeights;
	readonly thesaurus: Thesaurus | null;
};

/** Of a release, the words distilled from a text encoder where it has such, else those of the item space itself. */
export function mindOf(release: OverlaidRelease | null, thesaurus: Thesaurus | null): SearchMind {
	const { meaning = null, words = null } = release?.loaded ?? {};
	const weights = meaning === null ? ITEM_SPACE_WEIGHTS : RELEVANCE_WEIGHTS;
	return { release, meaning: meaning ?? words, weights, thesaurus };
}

export type SearchAnswer = Omit<SearchResponse, "recommendationId" | "release">;

/**
 * Answers a search from the index, one variant of each product unless all are asked for. Products with most words of the query are counted and make the facets; the list goes on
 * with those that have fewer words, then with what means something alike, then with what is popular, so that it is full
 * wherever the filter leaves enough. Never pauses, so that the index cannot change under it.
 */
export function answerSearch(
	segments: readonly Segment[],
	{ release, meaning: table, weights, thesaurus }: SearchMind,
	request: SearchRequest,
	context: CoarseContext,
	now: number,
	watch: Stopwatch,
	onFault: OnFault,
	rules: RulesInForce = NO_RULES,
): SearchAnswer {
	maskSegments(segments, narrowed(request.filter, rules), dismissedIds(request.history));
	const products = productsOf(segments, request.variants === "fold");
	const found = watch.span("words", () => {
		const found = find(segments, request.query, table, weights, { thesaurus, products: products.folds ? products : null });
		return { ...found, hits: kindFirst(found) };
	});
	const isFull = ({ words }: Hit) => wordCount(words) === found.most;
	const full = found.hits.filter(isFull);
	const counted = new Set(products.folds ? full.map(products.of) : []);
	const ordered = watch.span("rank", () => {
		const { hits, ...rest } = order(found, full, release, request, context, now, onFault);
		// A product that is counted stands by a variant that has the words.
		const standing = hits.filter((hit) => isFull(hit) || !counted.has(products.of(hit)));
		// A sort that was asked for is kept.
		const isRuled = request.sort === "relevance";
		return { ...rest, ...(isRuled ? ruleHits(standing, isFull, rules, products) : unruled(oneEach(standing, products))) };
	});
	const missing = request.offset + request.limit - ordered.hits.length;
	const more =
		missing <= 0
			? { like: [], popular: [] }
			: complete(segments, ordered.hits, found.corrected ?? request.query, table, popularityIn(release), missing, products);
	const page = [...ordered.hits, ...more.like, ...more.popular].slice(request.offset, request.offset + request.limit);
	const like = new Set(more.like);
	const reasonOf = (hit: Hit): Reason => {
		if (hit.words !== 0) return ordered.tell(hit, { kind: "found", words: holding(found.query, hit.words) });
		return { kind: like.has(hit) ? "meaning" : "popular" };
	};
	const terms = new Set(found.query.flatMap(({ ways }) => ways.flatMap((way) => way.terms)));
	return {
		source: ordered.source,
		ignored: ordered.ignored,
		total: countProducts(full, products),
		corrected: found.corrected,
		...named(rules),
		relaxed: relaxedBy(found, ordered.hits[0], more.like.length > 0),
		items: page.map((hit) => ({ ...itemOf(hit, found.query, terms), ...(request.explain && { reason: reasonOf(hit) }) })),
		...watch.span("facets", () => countFacets(full, request.facets, products)),
	};
}

const popularityIn =
	(release: OverlaidRelease | null) =>
	(id: string): number => {
		const row = release?.rowOf(id) ?? -1;
		return release === null || row === -1 ? 0 : release.popularityOf(row);
	};

/** Words that a product lacks, as typed; those that it has. */
const lacking = (query: readonly QueryWord[], words: number): string[] =>
	query.flatMap(({ typed }, w) => (hasBit(words, w) ? [] : [typed]));
const holding = (query: readonly QueryWord[], words: number): string[] =>
	query.flatMap(({ typed }, w) => (hasBit(words, w) ? [typed] : []));
const hasBit = (bits: number, place: number): boolean => (bits & (1 << place)) !== 0;

function relaxedBy({ query, most }: Found, first: Hit | undefined, hasLike: boolean): Relaxed | null {
	if (first !== undefined && most > 0) return most === query.length ? null : { by: "words", without: lacking(query, first.words) };
	return { by: hasLike ? "meaning" : "popular", without: query.map(({ typed }) => typed) };
}

function itemOf(hit: Hit, query: readonly QueryWord[], terms: ReadonlySet<string>): FoundItem {
	let best = { title: "", marks: [] as [number, number][], marked: -1 };
	for (const { title } of titlesOf(hit.segment, hit.row)) {
		const marks = highlight(title, terms).map(([from, to]): [number, number] => [from, to]);
		const marked = marks.reduce((sum, [from, to]) => sum + to - from, 0);
		if (marked > best.marked) best = { title, marks, marked };
	}
	return { id: idOf(hit), score: hit.score, missing: lacking(query, hit.words), title: best.title, marks: best.marks };
}

type Ordered = Pick<SearchAnswer, "source" | "ignored"> & { readonly hits: readonly Hit[] };

function order(
	{ hits }: Found,
	full: readonly Hit[],
	release: OverlaidRelease | null,
	{ sort, history }: SearchRequest,
	context: CoarseContext,
	now: number,
	onFault: OnFault,
): Ordered {
	if (sort !== "relevance") {
		const value = sortValue(sort);
		// What has no price comes last either way. A sort keeps the order by relevance where values are equal.
		const sorted = full.toSorted((a, b) => value(a) - value(b));
		const shown = new Set(sorted);
		return { source: "words", ignored: 0, hits: [...sorted, ...hits.filter((hit) => !shown.has(hit))] };
	}
	if (release === null || history.every(({ event }) => event === DISMISSAL)) return { source: "words", ignored: 0, hits };
	return personalise(release, hits, history, context, now, onFault);
}

function sortValue(sort: Exclude<SearchRequest["sort"], "relevance">): (hit: Hit) => number {
	if (sort === "newest") return ({ segment, row }) => -(segment.firstSeenAt[row] as number);
	const sign = sort === "price-asc" ? 1 : -1;
	return ({ segment, row }) => {
		const price = segment.columns.price[row] as number;
		return price < 0 ? Number.MAX_SAFE_INTEGER : sign * price;
	};
}
