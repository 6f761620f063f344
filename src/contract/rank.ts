import * as v from "valibot";
import { LanguageTag } from "./language.ts";
import { ItemId } from "./primitives.ts";
import { Filter, History, RecommendedItem, RulesNamed, Surface } from "./recommendation.ts";

/** Ids that one list may hold. */
export const RANK_MAX_IDS = 1000;
/** Body bytes of a request: 1,000 of the longest ids beside 512 entries of them, and room. */
export const RANK_BODY_MAX_BYTES = 1024 * 1024;

/** `POST /v1/rank`: a list of the shop's own, such as a category page or another engine's results. */
export const RankRequest = v.strictObject({
	history: History,
	/** In the order that holds where nothing is known. An id that stands twice keeps its first place. */
	ids: v.pipe(v.array(ItemId), v.maxLength(RANK_MAX_IDS)),
	surface: v.optional(Surface, "rank"),
	/** What is sold out stays in the list unless `inStock` is true: the list is the shop's. */
	filter: v.optional(Filter, {}),
	explain: v.optional(v.boolean(), false),
	/** Of the reasons' sentences, with `explain`. */
	language: v.optional(LanguageTag),
});
export type RankRequest = v.InferOutput<typeof RankRequest>;

/** Rungs that can order a list; `static`: it stands as it was given. */
export const RANK_SOURCES = ["personal", "session", "static"] as const;

export const RankedItem = v.strictObject({
	...RecommendedItem.entries,
	/** null: not scored, the item stands where the list had it among those. */
	score: v.nullable(v.number()),
});
export type RankedItem = v.InferOutput<typeof RankedItem>;

export const RankResponse = v.strictObject({
	recommendationId: v.nullable(v.string()),
	release: v.nullable(v.string()),
	source: v.picklist(RANK_SOURCES),
	/** History entries that neither the release nor the overlay knows. */
	ignored: v.number(),
	rules: RulesNamed,
	/** Best first; ids that nothing is known of come last, in the order given. */
	items: v.array(RankedItem),
	/** Ids that may not be shown, in the order given: deleted, dismissed, or left out by the filter. */
	omitted: v.array(ItemId),
});
export type RankResponse = v.InferOutput<typeof RankResponse>;
