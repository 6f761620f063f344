import type { SuggestRequest, SuggestResponse } from "../../contract/search.ts";
import { formOf } from "../../text/analyse.ts";
import { highlight } from "../../text/highlight.ts";
import { RELEVANCE_WEIGHTS } from "../../text/relevance.ts";
import { bitsOf } from "../../text/search-index.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { type Found, find, holdingAll, idOf, maskSegments } from "./find.ts";
import { oneEach, type Place, type Products, productsOf } from "./products.ts";
import type { Segment } from "./segment.ts";
import { titlesOf } from "./titles.ts";

/** Completions of the last word that are looked at, those that most products hold. */
const COMPLETIONS_MAX = 40;
/** Popular queries that are looked at for each that may be offered: of some the products are sold out. */
const POPULAR_TRIED = 2;
const CATEGORIES_MAX = 3;
/** Fields whose words are offered: descriptions and attributes hold much that nobody would type. */
const OFFERED = bitsOf(["title", "brand", "category"]);
const LAST_WORD = /^(.*?)([\p{L}\p{N}\p{M}]*)$/su;

/** What completions may come from beside the catalogue's words. */
export type SuggestMind = {
	readonly thesaurus: Thesaurus | null;
	/** Queries that a crowd made, the most popular first. */
	readonly popular: readonly string[];
};

/**
 * Completes what was typed: first by what many others searched for, which a crowd of one day must have typed alike, then from
 * the catalogue: the last word by words that titles, brands and categories begin with, each tried together with the words
 * before it. Every completion finds something.
 */
export function answerSuggest(
	segments: readonly Segment[],
	{ query, limit }: Pick<SuggestRequest, "query" | "limit">,
	{ thesaurus, popular }: SuggestMind,
): SuggestResponse {
	const [, before = "", last = ""] = LAST_WORD.exec(query) ?? [];
	const typed = before.trim();
	maskSegments(segments, {}, new Set());
	const products = productsOf(segments);
	const searched = popularCompletions(segments, query, popular, limit, products);
	const base = typed === "" ? null : find(segments, typed, null, RELEVANCE_WEIGHTS, { thesaurus });
	const holding = base?.hits.filter(({ words }) => words === 2 ** base.query.length - 1) ?? null;
	const completions = last === "" ? [] : completionsOf(segments, formOf(last), holding, products);
	const known = new Set(searched.map(({ form }) => plainOf(form)));
	const ownWords = completions.map(({ form, hits }) => ({ form: `${typed} ${form}`.trim(), hits }));
	const all = [...searched, ...ownWords.filter(({ form }) => !known.has(plainOf(form)))].slice(0, limit);
	const queries = all.map(({ form, hits }, place) => ({ query: form, products: hits.length, popular: place < searched.length }));
	const best = all[0]?.hits ?? oneEach(holding ?? [], products);
	const found = find(segments, queries[0]?.query ?? query, null, RELEVANCE_WEIGHTS, { thesaurus });
	return { source: "words", queries, categories: categoriesOf(best), items: suggestedItems(found, products, limit) };
}

/** The best products found, with what was found of their titles. */
export function suggestedItems({ query, hits }: Found, products: Products, limit: number): SuggestResponse["items"] {
	const terms = new Set(query.flatMap(({ ways }) => ways.flatMap((way) => way.terms)));
	return oneEach(hits, products)
		.slice(0, limit)
		.map((hit) => {
			const title = titlesOf(hit.segment, hit.row)[0]?.title ?? "";
			return { id: idOf(hit), title, marks: highlight(title, terms).map(([from, to]): [number, number] => [from, to]) };
		});
}

/** While no index is loaded. */
export const NO_SUGGESTIONS: SuggestResponse = { source: "static", queries: [], categories: [], items: [] };

/** A query, or a word of it, and the products that have it, one variant of each. */
type Completion = { readonly form: string; readonly hits: readonly Place[] };

/** Words without accents, in lower case, one space between them. */
const plainOf = (text: string): string => text.trimStart().split(/\s+/u).map(formOf).join(" ");

const plainLists = new WeakMap<readonly string[], readonly string[]>();

/** Queries of the list that begin with what was typed and find something, in its order. */
function popularCompletions(
	segments: readonly Segment[],
	typed: string,
	popular: readonly string[],
	limit: number,
	products: Products,
): Completion[] {
	const plain = plainLists.get(popular) ?? popular.map(plainOf);
	plainLists.set(popular, plain);
	const prefix = plainOf(typed);
	if (prefix === "") return [];
	const likely = popular.filter((_, place) => plain[place]?.startsWith(prefix)).slice(0, POPULAR_TRIED * limit);
	const found: Completion[] = [];
	for (const form of likely) {
		if (found.length >= limit) break;
		const hits = holdingAll(segments, form, products);
		if (hits.length > 0) found.push({ form, hits });
	}
	return found;
}

/** @param holding products that have the words before; null: there are none before */
function completionsOf(segments: readonly Segment[], prefix: string, holding: readonly Place[] | null, products: Products): Completion[] {
	const allowed = holding === null ? null : Map.groupBy(holding, ({ segment }) => segment);
	const rowsOf = new Map(allowed === null ? [] : Array.from(allowed, ([segment, hits]) => [segment, new Set(hits.map(({ row }) => row))]));
	const byForm = new Map<string, Place[]>();
	for (const segment of segments) {
		const { vocabulary, starts, rows, fields } = segment.index;
		const size = (id: number) => (starts[id + 1] as number) - (starts[id] as number);
		// Of a term's forms the one that the catalogue mostly writes, unless only another begins so.
		const forms = new Map(vocabulary.beginning(prefix).map(({ id, form }) => [id, form]));
		for (const id of [...forms.keys()].sort((a, b) => size(b) - size(a)).slice(0, COMPLETIONS_MAX)) {
			const main = vocabulary.surfaceOf(id);
			const form = main.startsWith(prefix) ? main : (forms.get(id) as string);
			const places = byForm.get(form) ?? [];
			for (let p = starts[id] as number; p < (starts[id + 1] as number); p++) {
				const row = rows[p] as number;
				if (((fields[p] as number) & OFFERED) === 0 || segment.masked[row] === 1) continue;
				if (allowed === null || rowsOf.get(segment)?.has(row)) places.push({ segment, row });
			}
			if (places.length > 0) byForm.set(form, places);
		}
	}
	return Array.from(byForm, ([form, hits]) => ({ form, hits: oneEach(hits, products) })).sort(
		(a, b) => b.hits.length - a.hits.length || (a.form < b.form ? -1 : 1),
	);
}

function categoriesOf(places: readonly Place[]): SuggestResponse["categories"] {
	const counts = new Map<string, number>();
	for (const { segment, row } of places) {
		const name = segment.codes.categoryName(segment.columns.category[row] as number);
		if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return Array.from(counts, ([category, products]) => ({ category, products }))
		.sort((a, b) => b.products - a.products || (a.category < b.category ? -1 : 1))
		.slice(0, CATEGORIES_MAX);
}
