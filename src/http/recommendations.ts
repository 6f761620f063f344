import { type Context, Hono } from "hono";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { RequestFailure } from "../contract/errors.ts";
import {
	CLOCK_SKEW_SECONDS,
	type HistoryEntry,
	PublicRecommendationQuery,
	RECOMMENDATION_BODY_MAX_BYTES,
	RecommendationRequest,
} from "../contract/recommendation.ts";
import type { Recommendation, Sender } from "../pipeline/ports.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson, readQuery } from "./body.ts";
import { serverTiming } from "./server-timing.ts";

/** Who asks in the public form: nobody in particular, so that one answer fits all. */
const ANYONE: Sender = { context: UNKNOWN_CONTEXT, visitor: null, origin: null };

/** `POST` and `GET /v1/recommendations`. Whatever is broken behind them, they answer 200 and say which rung answered. */
export function recommendationRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.post("/v1/recommendations", async function recommend(c) {
		const start = performance.now();
		const { recommender, now } = c.var.services;
		const request = await readJson(c, RecommendationRequest, RECOMMENDATION_BODY_MAX_BYTES);
		refuseFutureEntries(request.history, now());
		const recommendation = await recommender.recommend(request, c.var.sender, (work) => c.executionCtx.waitUntil(work));
		count(c, request.surface, recommendation, start);
		return c.json(recommendation.response, 200, { "cache-control": "no-store", ...timing(recommendation) });
	});

	routes.get("/v1/recommendations", async function recommendToAnyone(c) {
		const start = performance.now();
		const { surface, item, category, limit } = readQuery(c, PublicRecommendationQuery);
		const request: RecommendationRequest = {
			history: [],
			surface,
			item: item ?? null,
			limit,
			exclude: [],
			excludeSeen: true,
			filter: category === undefined ? {} : { category: [category] },
			explain: false,
		};
		const recommendation = await c.var.services.recommender.recommend(request, ANYONE, (work) => c.executionCtx.waitUntil(work));
		count(c, surface, recommendation, start);
		// A list that is shared has no place in any one visitor's log.
		const response = { ...recommendation.response, recommendationId: null };
		// What a cold or broken isolate had at hand is not worth keeping for others.
		const cached = response.source === "static" ? "public, max-age=5" : "public, max-age=10";
		return c.json(response, 200, { "cache-control": cached, ...timing(recommendation) });
	});
	return routes;
}

/** @throws RequestFailure `invalid_field` for an entry that lies beyond what a client's clock may run ahead */
export function refuseFutureEntries(history: readonly HistoryEntry[], now: number): void {
	const index = history.findIndex(({ at }) => at !== undefined && at > now + CLOCK_SKEW_SECONDS);
	if (index !== -1) throw new RequestFailure({ kind: "invalid_field", path: `history.${index}.at`, message: "must not lie in the future" });
}

function count(c: Context<AppEnv>, surface: string, { response }: Recommendation, start: number): void {
	const { metrics, now: clock } = c.var.services;
	const now = clock();
	const milliseconds = performance.now() - start;
	// Deployed, the clock stands still without I/O: no time is better than zero.
	metrics.record({ surface, source: response.source, milliseconds: milliseconds > 0 ? milliseconds : null }, now);
	const flushing = metrics.flush(now);
	if (flushing !== null) c.executionCtx.waitUntil(flushing);
}

export function timing({ spans }: Recommendation): Record<string, string> {
	const value = serverTiming(spans);
	return value === null ? {} : { "server-timing": value };
}
