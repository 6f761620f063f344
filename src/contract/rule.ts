import * as v from "valibot";
import { ItemId, UnixSeconds } from "./primitives.ts";
import { Filter, RecommendationRequest, RecommendationResponse, Surface } from "./recommendation.ts";

/** Rules that a shop may have at once; all of them are read with every poll of an isolate. */
export const RULES_MAX = 200;
/** Body bytes of one rule. */
export const RULE_BODY_MAX_BYTES = 64 * 1024;
/** Products that one rule may pin. */
const PINS_MAX = 20;
/** Largest lift, in units of the fused score: about as much as all parts together tell two products apart. */
const LIFT_MAX = 20;

export const RuleId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be 1 to 64 of a-z, 0-9, - and _"));

/** What a rule speaks of: at least one of a filter's fields, or it would speak of everything. */
const Matching = v.pipe(
	v.omit(Filter, ["inStock"]),
	v.check((filter) => Object.values(filter).some((field) => field !== undefined && Object.keys(field).length > 0), "must not be empty"),
);
const Lift = v.pipe(v.number(), v.gtValue(0), v.maxValue(LIFT_MAX));

export const RuleAction = v.variant("kind", [
	/** Only products that match are shown. */
	v.strictObject({ kind: v.literal("filter"), filter: Matching }),
	/** Products that match gain `by` in the fused score; a list without scores begins with them. */
	v.strictObject({ kind: v.literal("boost"), filter: Matching, by: Lift }),
	/** They lose it; a list without scores ends with them. */
	v.strictObject({ kind: v.literal("bury"), filter: Matching, by: Lift }),
	/** These products stand from a place on, 1 the first, as far as the request lets them be shown. */
	v.strictObject({
		kind: v.literal("pin"),
		items: v.pipe(v.array(ItemId), v.minLength(1), v.maxLength(PINS_MAX)),
		place: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
	}),
]);
export type RuleAction = v.InferOutput<typeof RuleAction>;

/** What a merchandiser says of a surface for a time. */
export const Rule = v.pipe(
	v.strictObject({
		/** null: all surfaces. */
		surface: v.nullish(Surface, null),
		/** In force from this second on; null: at once. */
		from: v.nullish(UnixSeconds, null),
		/** In force before this second; null: for good. */
		until: v.nullish(UnixSeconds, null),
		enabled: v.optional(v.boolean(), true),
		note: v.optional(v.pipe(v.string(), v.maxLength(500)), ""),
		action: RuleAction,
	}),
	v.check(({ from, until }) => from === null || until === null || from < until, "must end after it begins"),
);
export type Rule = v.InferOutput<typeof Rule>;
export type NamedRule = Rule & { readonly id: string };

export const RulesResponse = v.strictObject({ rules: v.array(v.looseObject({ id: RuleId })) });

/** `POST /admin/rules/preview`: what a rule would change in one answer, before anybody sees it. */
export const RulePreviewRequest = v.strictObject({
	/** In the place of the stored rule of this id, or beside the others; null: as if that rule were not there. */
	id: RuleId,
	rule: v.nullable(Rule),
	request: RecommendationRequest,
});
export type RulePreviewRequest = v.InferOutput<typeof RulePreviewRequest>;

export const RulePreviewResponse = v.strictObject({ before: RecommendationResponse, after: RecommendationResponse });
export type RulePreviewResponse = v.InferOutput<typeof RulePreviewResponse>;
