import * as v from "valibot";
import { LanguageTag } from "./language.ts";
import { ItemId, Label, LIMIT_DEFAULT, Limit, QueryText, TypedText } from "./primitives.ts";
import { Filter, History, Reason, RulesNamed, Surface } from "./recommendation.ts";

/** Furthest that a result list can be paged, products. */
export const SEARCH_MAX_OFFSET = 1000;
/** Facets that one request may ask for. */
export const FACETS_MAX = 16;
/** Values that one facet tells at most. */
export const FACET_MAX_VALUES = 50;
/** Completions that one request may ask for. */
export const SUGGESTIONS_MAX = 20;

export const SORTS = ["relevance", "price-asc", "price-desc", "newest"] as const;

/** `POST /v1/search`. */
export const SearchRequest = v.strictObject({
	query: QueryText,
	/** Orders what is about equally relevant; never brings a product in or out. */
	history: History,
	filter: v.optional(Filter, {}),
	/** `category`, or attributes by name. Counted over the products that `total` counts. */
	facets: v.optional(v.pipe(v.array(Label), v.maxLength(FACETS_MAX)), ["category", "brand"]),
	sort: v.optional(v.picklist(SORTS), "relevance"),
	limit: Limit,
	offset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(SEARCH_MAX_OFFSET)), 0),
	surface: v.optional(Surface, "search"),
	variants: v.pipe(
		v.optional(v.picklist(["fold", "all"]), "fold"),
		v.description(
			"`fold`: variants of one product, by its `group`, share the place of the one that fits best. `all`: each is a result of its own.",
		),
	),
	/** Asks why each product is there. */
	explain: v.optional(v.boolean(), false),
	/** Of the reasons' sentences, with `explain`. */
	language: v.optional(LanguageTag),
});
export type SearchRequest = v.InferOutput<typeof SearchRequest>;

/**
 * Who made the order, or the suggestions. `personal`: words, and within relevance the encoder; `session`: words, and within relevance the
 * tables; `words`: words alone; `static`: no index is loaded, the catalogue's database was asked, or nothing at all.
 */
export const SEARCH_SOURCES = ["personal", "session", "words", "static"] as const;
export type SearchSourceName = (typeof SEARCH_SOURCES)[number];

export const FoundItem = v.strictObject({
	id: ItemId,
	/** Tells the order within this answer, and nothing else. */
	score: v.number(),
	/** Words of the query that the product lacks, as typed. Empty for the products that `total` counts, unless `relaxed` says more. */
	missing: v.array(v.string()),
	/** The title that fits the query best, and the stretches of it that were found: UTF-16 units, from and to (excluded). */
	title: v.string(),
	marks: v.array(v.tuple([v.number(), v.number()])),
	/** Present with `explain`: `found`, `meaning`, `popular`, or the `rule` that pinned it. */
	reason: v.optional(Reason),
});
export type FoundItem = v.InferOutput<typeof FoundItem>;

/**
 * How far the query had to be relaxed for the first products. `words`: without the words named; `meaning`: no word was
 * found, these mean something like it; `popular`: nothing like it is there.
 */
export const Relaxed = v.strictObject({ by: v.picklist(["words", "meaning", "popular"]), without: v.array(v.string()) });
export type Relaxed = v.InferOutput<typeof Relaxed>;

export const SearchResponse = v.strictObject({
	recommendationId: v.nullable(v.string()),
	release: v.nullable(v.string()),
	source: v.picklist(SEARCH_SOURCES),
	/** History entries that neither the release nor the overlay knows. */
	ignored: v.number(),
	total: v.pipe(
		v.number(),
		v.description(
			"Products with every word of the query or, where `relaxed` is not null, with as many as any has; variants of one count once, unless `variants` is `all`. Others follow them.",
		),
	),
	/** The query as it was read, where words were corrected. */
	corrected: v.nullable(v.string()),
	relaxed: v.nullable(Relaxed),
	rules: RulesNamed,
	items: v.array(FoundItem),
	facets: v.pipe(
		v.array(v.strictObject({ name: Label, values: v.array(v.strictObject({ value: v.string(), count: v.number() })) })),
		v.description(
			"Most frequent value first, each with the number of products, of those that `total` counts, of which a variant has it: what a filter on it would leave.",
		),
	),
	/** Minor unit, over all variants found of the products that `total` counts; null where none has a price. */
	price: v.nullable(v.strictObject({ from: v.number(), to: v.number() })),
});
export type SearchResponse = v.InferOutput<typeof SearchResponse>;

/** `POST /v1/suggest`. */
export const SuggestRequest = v.strictObject({
	/** Empty: what the shopper is likely to search for next, by the history. */
	query: v.optional(TypedText, ""),
	/** Read where nothing was typed. */
	history: History,
	limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SUGGESTIONS_MAX)), LIMIT_DEFAULT),
	surface: v.optional(Surface, "suggest"),
});
export type SuggestRequest = v.InferOutput<typeof SuggestRequest>;

export const SuggestResponse = v.strictObject({
	source: v.picklist(SEARCH_SOURCES),
	/**
	 * Queries that begin with what was typed, in the catalogue's own words; where nothing was, those that come next: searches
	 * that a crowd made, then names of categories. Likeliest first. Each finds at least one product.
	 */
	queries: v.array(
		v.strictObject({
			query: v.string(),
			/** That have every word of it; variants of one count once. */
			products: v.number(),
			popular: v.pipe(
				v.boolean(),
				v.description("Whether 50 visitors of one day or more searched for just these words; else the catalogue alone suggests it."),
			),
		}),
	),
	categories: v.array(v.strictObject({ category: Label, products: v.number() })),
	items: v.array(v.strictObject({ id: ItemId, title: v.string(), marks: v.array(v.tuple([v.number(), v.number()])) })),
});
export type SuggestResponse = v.InferOutput<typeof SuggestResponse>;
