import type { SuggestRequest, SuggestResponse } from "../../contract/search.ts";
import { formOf } from "../../text/analyse.ts";
import { highlight } from "../../text/highlight.ts";
import { RELEVANCE_WEIGHTS } from "../../text/relevance.ts";
import { bitsOf } from "../../text/search-index.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { find, idOf, maskSegments } from "./find.ts";
import { oneEach, type Place, type Products, productsOf } from "./products.ts";
import type { Segment } from "./segment.ts";
import { titlesOf } from "./titles.ts";

/** Completions of the last word that are looked at, those that most products hold. */
const COMPLETIONS_MAX = 40;
const CATEGORIES_MAX = 3;
/** Fields whose words are offered: descriptions and attributes hold much that nobody would type. */
const OFFERED = bitsOf(["title", "brand", "category"]);
const LAST_WORD = /^(.*?)([\p{L}\p{N}\p{M}]*)$/su;

/**
 * Completes what was typed from the catalogue alone: its last word by words that titles, brands and categories begin
 * with, each tried together with the words before it, so that every completion finds something. What visitors typed is
 * not used: the log keeps no text that could be offered to others before a crowd shares it.
 */
export function answerSuggest(
	segments: readonly Segment[],
	{ query, limit }: SuggestRequest,
	thesaurus: Thesaurus | null,
): SuggestResponse {
	const [, before = "", last = ""] = LAST_WORD.exec(query) ?? [];
	const typed = before.trim();
	maskSegments(segments, {}, new Set());
	const products = productsOf(segments);
	const base = typed === "" ? null : find(segments, typed, null, RELEVANCE_WEIGHTS, { thesaurus });
	const holding = base?.hits.filter(({ words }) => words === 2 ** base.query.length - 1) ?? null;
	const completions = last === "" ? [] : completionsOf(segments, formOf(last), holding, products);
	const queries = completions.slice(0, limit).map(({ form, hits }) => ({ query: `${typed} ${form}`.trim(), products: hits.length }));
	const best = completions[0]?.hits ?? oneEach(holding ?? [], products);
	const found = find(segments, queries[0]?.query ?? query, null, RELEVANCE_WEIGHTS, { thesaurus });
	const terms = new Set(found.query.flatMap(({ ways }) => ways.flatMap((way) => way.terms)));
	return {
		source: "words",
		queries,
		categories: categoriesOf(best),
		items: oneEach(found.hits, products)
			.slice(0, limit)
			.map((hit) => {
				const title = titlesOf(hit.segment, hit.row)[0]?.title ?? "";
				return { id: idOf(hit), title, marks: highlight(title, terms).map(([from, to]): [number, number] => [from, to]) };
			}),
	};
}

/** While no index is loaded. */
export const NO_SUGGESTIONS: SuggestResponse = { source: "static", queries: [], categories: [], items: [] };

/** A word and the products that have it, one variant of each. */
type Completion = { readonly form: string; readonly hits: readonly Place[] };

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
