import * as v from "valibot";
import { Context } from "./event.ts";
import { RecommendationRequest, RecommendedItem, SOURCES } from "./recommendation.ts";
import { RULES_MAX, Rule, RuleId } from "./rule.ts";

/** Requests that one body may ask of a candidate. */
export const CANDIDATE_REQUESTS_MAX = 100;
/** Recommendation ids that one body may hold. */
export const IDS_READ_MAX = 1000;
/** Body bytes of either. */
export const CANDIDATE_BODY_MAX_BYTES = 4 * 1024 * 1024;

/** `POST /admin/releases/{id}/answers`: what a release would answer, under rules that need not be stored. */
export const CandidateRequest = v.strictObject({
	/** In place of the stored rules. */
	rules: v.optional(v.pipe(v.array(v.strictObject({ id: RuleId, rule: Rule })), v.maxLength(RULES_MAX))),
	requests: v.pipe(
		v.array(v.strictObject({ request: RecommendationRequest, context: v.optional(Context) })),
		v.minLength(1),
		v.maxLength(CANDIDATE_REQUESTS_MAX),
	),
});
export type CandidateRequest = v.InferOutput<typeof CandidateRequest>;

export const CandidateResponse = v.strictObject({
	release: v.string(),
	/** In the order of the requests. */
	answers: v.array(v.strictObject({ source: v.picklist(SOURCES), items: v.array(RecommendedItem) })),
});
export type CandidateResponse = v.InferOutput<typeof CandidateResponse>;

/** `POST /admin/recommendation-ids`: what signed ids hold. */
export const IdsReadRequest = v.strictObject({
	ids: v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.minLength(1), v.maxLength(IDS_READ_MAX)),
});

/** What a recommendation id holds: enough to recompute what was offered with which propensity. */
export const RecommendationFields = v.strictObject({
	/** null: answered while no release was loaded. */
	release: v.nullable(v.string()),
	/** Name of the rule that ordered the list; `contract/policy.ts` reads it. */
	policy: v.string(),
	surface: v.string(),
	/** Unsigned 32 bit. */
	seed: v.number(),
	/** Unix seconds. */
	at: v.number(),
});
export type RecommendationFields = Readonly<v.InferOutput<typeof RecommendationFields>>;

export const IdsReadResponse = v.strictObject({
	/** In the order of the ids; null for what this Worker did not sign. */
	ids: v.array(v.nullable(RecommendationFields)),
});
