import type * as v from "valibot";
import { CandidateRequest, CandidateResponse, IdsReadRequest, IdsReadResponse } from "./candidate.ts";
import type { Scope } from "./errors.ts";
import { EventsRequest, EventsResponse } from "./event.ts";
import { CatalogueReport, Product } from "./product.ts";
import { ProfileRequest, ProfileResponse } from "./profile.ts";
import { RankRequest, RankResponse } from "./rank.ts";
import { EvaluationRequest, PublicRecommendationQuery, RecommendationRequest, RecommendationResponse } from "./recommendation.ts";
import { ActivateRequest } from "./release.ts";
import { Rule, RulePreviewRequest, RulePreviewResponse, RulesResponse } from "./rule.ts";
import { ClaimRequest, FailRequest, FinishRequest, HeartbeatRequest, OpenRunRequest, Run } from "./run.ts";
import { SearchRequest, SearchResponse, SuggestRequest, SuggestResponse } from "./search.ts";
import { PageRequest, PageResponse, PublicShelfQuery, SHELVES, ShelfRequest, ShelfResponse } from "./shelf.ts";
import { SynonymsRequest, SynonymsResponse } from "./synonym.ts";

type Schema = v.GenericSchema;

/** One route as the OpenAPI document tells it. Paths use OpenAPI's braces; a test holds that each is mounted. */
export type RouteDescription = {
	readonly method: "get" | "post" | "put" | "delete";
	readonly path: string;
	readonly summary: string;
	/** Admin routes: any one of these scopes opens it. */
	readonly scopes?: readonly Scope[];
	readonly query?: Schema;
	readonly body?: { readonly schema: Schema; readonly types: readonly string[] } | { readonly types: readonly string[] };
	readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: Schema; readonly type?: string }>>;
};

const JSON_TYPES = ["application/json", "text/plain"] as const;
const json = (schema: Schema) => ({ schema, types: ["application/json"] });

const publicShelf = (path: string, summary: string): RouteDescription => ({
	method: "get",
	path,
	summary: `${summary} Without a history: public and cacheable.`,
	query: PublicShelfQuery,
	answers: { 200: { description: "The shelf; recommendationId is null", schema: ShelfResponse } },
});

export const ROUTES: readonly RouteDescription[] = [
	{
		method: "post",
		path: "/v1/recommendations",
		summary: "Products for this history, best first. The history is sent by the shopper's browser and not kept.",
		body: { schema: RecommendationRequest, types: JSON_TYPES },
		answers: { 200: { description: "The list, and the rung that answered", schema: RecommendationResponse } },
	},
	{
		method: "get",
		path: "/v1/recommendations",
		summary: "Products for a place in the shop, without a history: public and cacheable.",
		query: PublicRecommendationQuery,
		answers: { 200: { description: "The list; recommendationId is null", schema: RecommendationResponse } },
	},
	{
		method: "post",
		path: "/v1/rank",
		summary: "A list of the shop's own in personal order, up to 1,000 ids. Where nothing is known it stays as it was given.",
		body: { schema: RankRequest, types: JSON_TYPES },
		answers: { 200: { description: "The list, what had to be left out of it, and the rung that answered", schema: RankResponse } },
	},
	{
		method: "post",
		path: "/v1/shelves/{shelf}",
		summary: `One shelf for this history and cart, one variant of each product: ${SHELVES.join(", ")}.`,
		body: { schema: ShelfRequest, types: JSON_TYPES },
		answers: {
			200: { description: "The shelf, and the rung that answered", schema: ShelfResponse },
			404: { description: "No such shelf" },
		},
	},
	{
		method: "post",
		path: "/v1/page",
		summary: "Several shelves with no product twice, of the highest expected value first.",
		body: { schema: PageRequest, types: JSON_TYPES },
		answers: { 200: { description: "The shelves that have something to show", schema: PageResponse } },
	},
	{
		method: "post",
		path: "/v1/search",
		summary: "Products for words, with filters, facets and a sort, personal within relevance where a history is sent. Never a dead end.",
		body: { schema: SearchRequest, types: JSON_TYPES },
		answers: { 200: { description: "The page, how far the query was relaxed, and who made the order", schema: SearchResponse } },
	},
	{
		method: "post",
		path: "/v1/suggest",
		summary:
			"Completions of what was typed, from the words of the catalogue: queries, categories, products. Where nothing was typed: what this history says is searched for next.",
		body: { schema: SuggestRequest, types: JSON_TYPES },
		answers: { 200: { description: "The completions, likeliest first", schema: SuggestResponse } },
	},
	{
		method: "post",
		path: "/v1/profile",
		summary: "What this history says of its shopper: categories, brands, price band, novelty, each with confidence. Never stored.",
		body: { schema: ProfileRequest, types: JSON_TYPES },
		answers: { 200: { description: "The portrait; empty where nothing is known", schema: ProfileResponse } },
	},
	publicShelf("/v1/items/{id}/similar", "What is like this product, its own variants left out."),
	publicShelf(
		"/v1/items/{id}/bought-together",
		"What is bought along with this product; for a whole cart, POST /v1/shelves/bought-together.",
	),
	publicShelf("/v1/trending", "What is asked for more than it used to be, over all or in a category."),
	publicShelf("/v1/popular", "What is popular, over all or in a category."),
	publicShelf("/v1/new", "What the catalogue has seen last."),
	{
		method: "post",
		path: "/v1/events",
		summary: "What a shopper did. 202 means durable; good events are kept when others in the batch are bad.",
		body: { schema: EventsRequest, types: JSON_TYPES },
		answers: {
			202: { description: "Counts, and what was wrong with each rejected event", schema: EventsResponse },
			503: { description: "Neither queue nor inbox can take events; see Retry-After" },
		},
	},
	{
		method: "delete",
		path: "/v1/visitors/{key}",
		summary: "Erases what is logged of a pseudonym: its events can never be read again. The same answer where there are none.",
		scopes: ["erase"],
		answers: { 204: { description: "Erased" }, 409: { description: "The keyed mode is off" } },
	},
	{
		method: "put",
		path: "/admin/catalogue",
		summary: "Upserts products, one JSON object a line. Good lines are kept beside bad ones.",
		scopes: ["catalogue"],
		body: { schema: Product, types: ["application/x-ndjson"] },
		answers: { 200: { description: "What changed, and each bad line with its field", schema: CatalogueReport } },
	},
	{
		method: "get",
		path: "/admin/catalogue",
		summary: "Pages of the catalogue, in order of last change.",
		scopes: ["read"],
		answers: { 200: { description: "Products and the next cursor" } },
	},
	{
		method: "delete",
		path: "/admin/catalogue/{id}",
		summary: "Takes a product out of every answer.",
		scopes: ["catalogue"],
		answers: { 204: { description: "Gone" } },
	},
	{
		method: "get",
		path: "/admin/events",
		summary: "Pages of the event log; each event id once.",
		scopes: ["read"],
		answers: { 200: { description: "Log lines and the next cursor" } },
	},
	{
		method: "get",
		path: "/admin/rules",
		summary: "The shop's rules: what is filtered, boosted, buried and pinned, on which surface and when.",
		scopes: ["read"],
		answers: { 200: { description: "All rules, by id", schema: RulesResponse } },
	},
	{
		method: "get",
		path: "/admin/synonyms",
		summary: "The shop's synonyms, and who changed them when.",
		scopes: ["read"],
		answers: { 200: { description: "The list in force", schema: SynonymsResponse } },
	},
	{
		method: "put",
		path: "/admin/synonyms",
		summary: "Puts a whole list of synonyms in the place of the one before; searches obey within 15 seconds.",
		scopes: ["catalogue"],
		body: json(SynonymsRequest),
		answers: {
			200: { description: "The list in force", schema: SynonymsResponse },
			409: { description: "Another list has come since the version named" },
		},
	},
	{
		method: "put",
		path: "/admin/rules/{id}",
		summary: "Stores a rule; answers obey within 15 seconds.",
		scopes: ["catalogue"],
		body: json(Rule),
		answers: { 200: { description: "The rule" }, 409: { description: "There are as many rules as there may be" } },
	},
	{
		method: "delete",
		path: "/admin/rules/{id}",
		summary: "Takes a rule away.",
		scopes: ["catalogue"],
		answers: { 204: { description: "Gone" } },
	},
	{
		method: "post",
		path: "/admin/rules/preview",
		summary: "One recommendation without and with a rule, before anybody sees it; never counted as traffic.",
		scopes: ["read"],
		body: json(RulePreviewRequest),
		answers: { 200: { description: "Both answers", schema: RulePreviewResponse } },
	},
	{
		method: "put",
		path: "/admin/releases/{id}/{file}",
		summary: "Takes one file of a release; the manifest comes last and is checked against the others.",
		scopes: ["release", "train"],
		body: { types: ["application/octet-stream"] },
		answers: { 200: { description: "The release's state" }, 422: { description: "Refused, naming the file" } },
	},
	{
		method: "get",
		path: "/admin/releases",
		summary: "All releases and the active pointer.",
		scopes: ["read"],
		answers: { 200: { description: "The releases" } },
	},
	{
		method: "get",
		path: "/admin/releases/{id}",
		summary: "One release.",
		scopes: ["read"],
		answers: { 200: { description: "The release" } },
	},
	{
		method: "get",
		path: "/admin/releases/{id}/{file}",
		summary: "One file of a release.",
		scopes: ["read"],
		answers: { 200: { description: "The file", type: "application/octet-stream" } },
	},
	{
		method: "post",
		path: "/admin/releases/{id}/activate",
		summary: "Makes a release serve, to all or as a canary to a share; by the gate's verdict or an operator's word.",
		scopes: ["release", "train"],
		body: json(ActivateRequest),
		answers: { 200: { description: "The pointer" }, 422: { description: "Refused by the gate or for a file" } },
	},
	{
		method: "post",
		path: "/admin/releases/rollback",
		summary: "Returns to the release before, or ends the canary.",
		scopes: ["release"],
		answers: { 200: { description: "The pointer" } },
	},
	{
		method: "post",
		path: "/admin/runs",
		summary: "Opens a training run.",
		scopes: ["train"],
		body: json(OpenRunRequest),
		answers: { 200: { description: "The run", schema: Run } },
	},
	{ method: "get", path: "/admin/runs", summary: "The latest runs.", scopes: ["read"], answers: { 200: { description: "The runs" } } },
	{
		method: "post",
		path: "/admin/runs/claim",
		summary: "Takes the oldest open run under a lease.",
		scopes: ["train"],
		body: json(ClaimRequest),
		answers: { 200: { description: "The run and its lease" }, 204: { description: "Nothing to do" } },
	},
	{
		method: "post",
		path: "/admin/runs/{id}/heartbeat",
		summary: "Keeps the lease and tells the progress.",
		scopes: ["train"],
		body: json(HeartbeatRequest),
		answers: { 200: { description: "The run", schema: Run } },
	},
	{
		method: "post",
		path: "/admin/runs/{id}/finish",
		summary: "Hands in the release and the gate report.",
		scopes: ["train"],
		body: json(FinishRequest),
		answers: { 200: { description: "The run", schema: Run } },
	},
	{
		method: "post",
		path: "/admin/runs/{id}/fail",
		summary: "Gives a run up, with the reason.",
		scopes: ["train"],
		body: json(FailRequest),
		answers: { 200: { description: "The run", schema: Run } },
	},
	{
		method: "post",
		path: "/admin/evaluate",
		summary: "A recommendation by chosen parts only; never counted as traffic.",
		scopes: ["read"],
		body: json(EvaluationRequest),
		answers: { 200: { description: "The list", schema: RecommendationResponse } },
	},
	{
		method: "post",
		path: "/admin/releases/{id}/answers",
		summary: "What the active release or the canary would answer, under the stored rules or those sent; never counted as traffic.",
		scopes: ["read"],
		body: json(CandidateRequest),
		answers: { 200: { description: "A list for each request", schema: CandidateResponse }, 404: { description: "Neither of the two" } },
	},
	{
		method: "post",
		path: "/admin/recommendation-ids",
		summary: "What signed recommendation ids hold, among it how a list was drawn.",
		scopes: ["read"],
		body: json(IdsReadRequest),
		answers: { 200: { description: "The fields of each; null for what was not signed here", schema: IdsReadResponse } },
	},
	{
		method: "get",
		path: "/admin/status",
		summary: "What serves, what was counted, what waits.",
		scopes: ["read"],
		answers: { 200: { description: "The status" } },
	},
	{ method: "get", path: "/openapi.json", summary: "This document.", answers: { 200: { description: "OpenAPI 3.1" } } },
	{ method: "get", path: "/docs", summary: "This document to read.", answers: { 200: { description: "HTML", type: "text/html" } } },
];
