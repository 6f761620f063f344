import * as v from "valibot";
import { dictionary } from "./dictionary.ts";
import { LanguageTag } from "./language.ts";
import { ItemId, Label, LIMIT_DEFAULT, LIMIT_MAX, Limit, MinorUnits, QueryText, UnixSeconds } from "./primitives.ts";

/** Longest history one request may carry, entries. The encoder reads only the newest `encoder.length` of them. */
export const HISTORY_MAX_ENTRIES = 512;
/** Body bytes of a recommendation request: 512 entries of the longest ids, and room. */
export const RECOMMENDATION_BODY_MAX_BYTES = 512 * 1024;

/** Event kinds a history entry may have; index + 1 is the encoder's `kinds` input (0: unknown). Never reorder. */
export const HISTORY_EVENTS = ["view", "click", "cart", "purchase", "search"] as const;
export type HistoryEvent = (typeof HISTORY_EVENTS)[number];

/**
 * "Not interested": the item of such an entry, and its variants, are not shown again, and no entry of it is read as a
 * wish, whatever stands before or after. It is the browser that takes the entry out when the shopper changes her mind.
 */
export const DISMISSAL = "dismiss";

export const HistoryEntry = v.pipe(
	v.strictObject({
		item: v.optional(ItemId),
		query: v.optional(QueryText),
		event: v.optional(v.picklist([...HISTORY_EVENTS, DISMISSAL]), "view"),
		at: v.optional(UnixSeconds),
	}),
	v.check((entry) => (entry.item === undefined) !== (entry.query === undefined), "must have exactly one of item and query"),
	v.check((entry) => entry.event !== DISMISSAL || entry.item !== undefined, "must name the item that is dismissed"),
);
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

/** Entries of one request, oldest first. */
export const History = v.optional(v.pipe(v.array(HistoryEntry), v.maxLength(HISTORY_MAX_ENTRIES)), []);
export const IdsToLeaveOut = v.optional(v.pipe(v.array(ItemId), v.maxLength(HISTORY_MAX_ENTRIES)), []);

export const Filter = v.strictObject({
	category: v.optional(v.pipe(v.array(Label), v.minLength(1), v.maxLength(50))),
	price: v.optional(v.strictObject({ gte: v.optional(MinorUnits), lte: v.optional(MinorUnits) })),
	inStock: v.optional(v.boolean()),
	/** Any of the values of each name; names combine by AND. */
	attributes: v.optional(dictionary(Label, v.pipe(v.array(Label), v.minLength(1), v.maxLength(50)))),
});
export type Filter = v.InferOutput<typeof Filter>;

/** Names a place in the shop ("home", "cart"); part of metric keys, hence short and plain. */
export const Surface = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "must be 1 to 32 of a-z, 0-9, - and _"));

/** Stands for surfaces that the shop has not named. */
export const OTHER_SURFACE = "other";

/** Seconds that a client's clock may run ahead of ours. */
export const CLOCK_SKEW_SECONDS = 5 * 60;

/** In hundredths, as the recommendation id tells it. */
const Share = v.optional(
	v.pipe(
		v.number(),
		v.minValue(0),
		v.maxValue(1),
		v.transform((share) => Math.round(100 * share) / 100),
	),
	0,
);

export const RecommendationRequest = v.strictObject({
	history: History,
	surface: v.optional(Surface, "home"),
	/** The product that the page shows: read as the newest entry of the history. */
	item: v.nullish(ItemId, null),
	limit: Limit,
	exclude: IdsToLeaveOut,
	excludeSeen: v.optional(v.boolean(), true),
	filter: v.optional(Filter, {}),
	/** How much being unlike the products before it counts for a product against its score: 0 nothing, 1 alone. */
	diversity: Share,
	/** How much being little asked for counts for a product against its score: 0 nothing, 1 alone. */
	novelty: Share,
	explain: v.optional(v.boolean(), false),
	/** Of the reasons' sentences, with `explain`. */
	language: v.optional(LanguageTag),
	/** The shopper's word on being learnt from, as in events. Absent: the shop's default. Without it the list is never drawn. */
	consent: v.optional(v.boolean()),
});
export type RecommendationRequest = v.InferOutput<typeof RecommendationRequest>;

/** A limit as a query string has it. */
export const LimitText = v.optional(
	v.pipe(v.string(), v.regex(/^\d{1,3}$/, "must be a whole number"), v.transform(Number), v.minValue(1), v.maxValue(LIMIT_MAX)),
	String(LIMIT_DEFAULT),
);

/** Yes or no as a query string has it. */
export const FlagText = v.optional(
	v.pipe(
		v.picklist(["true", "false"]),
		v.transform((text) => text === "true"),
	),
);

/** Query string of the public, cacheable form; values arrive as text. */
export const PublicRecommendationQuery = v.strictObject({
	surface: v.optional(Surface, "home"),
	item: v.optional(ItemId),
	category: v.optional(Label),
	limit: LimitText,
	explain: FlagText,
	/** Of the reasons' sentences, with `explain`; no header is read. */
	language: v.optional(LanguageTag),
});
export type PublicRecommendationQuery = v.InferOutput<typeof PublicRecommendationQuery>;

/** Rungs of the ladder, best first. */
export const SOURCES = ["personal", "session", "popular", "static"] as const;
export type Source = (typeof SOURCES)[number];

/** Parts of the fused score, as named in `fusion.json`. */
export const PARTS = ["encoder", "transitions", "similar", "bought", "popular"] as const;
export type Part = (typeof PARTS)[number];

/** What one rule of the shop did to a product: a filter does nothing to what is shown. */
export const RuleEffect = v.variant("kind", [
	/** In the fused score; what a bury adds is below 0. A list without scores goes by these alone. */
	v.strictObject({ kind: v.picklist(["boost", "bury"]), rule: v.string(), by: v.number() }),
	/** From 1 on; a list that is too short for the place ends with it. */
	v.strictObject({ kind: v.literal("pin"), rule: v.string(), place: v.number() }),
]);
export type RuleEffect = v.InferOutput<typeof RuleEffect>;

/** What every reason has beside its kind. */
const told = {
	/** What the shop's rules did to the product's place, by id; absent: nothing. */
	rules: v.optional(v.array(RuleEffect)),
	/** The reason in the shopper's language: plain text, to be escaped like any other. */
	sentence: v.optional(v.string()),
};

export const Reason = v.variant("kind", [
	/** The history's part in it that it would miss most. */
	v.strictObject({ kind: v.literal("because"), item: ItemId, ...told }),
	v.strictObject({ kind: v.literal("searched"), query: v.string(), ...told }),
	v.strictObject({ kind: v.literal("personal"), ...told }),
	v.strictObject({ kind: v.literal("popular"), ...told }),
	/** Like that product. */
	v.strictObject({ kind: v.literal("similar"), item: ItemId, ...told }),
	/** Bought along with that product of the cart. */
	v.strictObject({ kind: v.literal("bought-together"), item: ItemId, ...told }),
	v.strictObject({ kind: v.literal("trending"), ...told }),
	v.strictObject({ kind: v.literal("new"), ...told }),
	v.strictObject({ kind: v.literal("viewed"), ...told }),
	v.strictObject({ kind: v.literal("bought"), ...told }),
	/** A rule of the shop put it there. */
	v.strictObject({ kind: v.literal("rule"), rule: v.string(), ...told }),
	/** A search found it by these words of the query, as typed. */
	v.strictObject({ kind: v.literal("found"), words: v.array(v.string()), ...told }),
	/** It has none of the query's words, and means something like it. */
	v.strictObject({ kind: v.literal("meaning"), ...told }),
]);
export type Reason = v.InferOutput<typeof Reason>;

export const RecommendedItem = v.strictObject({
	id: ItemId,
	score: v.number(),
	/** Present with `explain`. */
	reason: v.optional(Reason),
	/** Weighted share of each part in `score`, and what the shop's rules added; present with `explain`. */
	contributions: v.optional(v.record(v.picklist([...PARTS, "rules"]), v.number())),
});
export type RecommendedItem = v.InferOutput<typeof RecommendedItem>;

/** Ids of the shop's rules that were in force; absent where none was. */
export const RulesNamed = v.optional(v.array(v.string()));

export const RecommendationResponse = v.strictObject({
	recommendationId: v.nullable(v.string()),
	release: v.nullable(v.string()),
	source: v.picklist(SOURCES),
	/** History entries that neither the release nor the overlay knows. */
	ignored: v.number(),
	rules: RulesNamed,
	items: v.array(RecommendedItem),
});
export type RecommendationResponse = v.InferOutput<typeof RecommendationResponse>;

/** `POST /admin/evaluate`: the same request, answered by chosen parts only, never counted as traffic. */
export const EvaluationRequest = v.strictObject({
	...RecommendationRequest.entries,
	parts: v.optional(v.pipe(v.array(v.picklist(PARTS)), v.minLength(1)), [...PARTS]),
});
export type EvaluationRequest = v.InferOutput<typeof EvaluationRequest>;
