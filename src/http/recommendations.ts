import { Hono } from "hono";
import { PublicRecommendationQuery, RECOMMENDATION_BODY_MAX_BYTES, RecommendationRequest } from "../contract/recommendation.ts";
import type { Recommendation } from "../pipeline/ports.ts";
import { mayCollect } from "../privacy/consent.ts";
import { spokenLanguageOf } from "../privacy/spoken-language.ts";
import { ANYONE, count, inOwnLanguage, PERSONAL, publicFor, refuseFutureEntries, sharedOr, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson, readQuery } from "./body.ts";
import { createSharedAnswers } from "./shared-answers.ts";

/** `POST` and `GET /v1/recommendations`. Whatever is broken behind them, they answer 200 and say which rung answered. */
export function recommendationRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	const shared = createSharedAnswers<Recommendation>();

	routes.post("/v1/recommendations", async function recommend(c) {
		const start = performance.now();
		const { recommender, now, consentDefault } = c.get("services");
		const request = inOwnLanguage(c, await readJson(c, RecommendationRequest, RECOMMENDATION_BODY_MAX_BYTES));
		refuseFutureEntries(request.history, now());
		const mayLog = mayCollect(c.req.raw.headers, request.consent, consentDefault);
		const recommendation = await recommender.recommend(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work), mayLog);
		if (request.consent !== false) count(c, request.surface, recommendation.response.source, start);
		return c.json(recommendation.response, 200, { ...PERSONAL, ...timing(recommendation) });
	});

	routes.get("/v1/recommendations", async function recommendToAnyone(c) {
		const start = performance.now();
		const { surface, item, category, limit, explain = false, ...said } = readQuery(c, PublicRecommendationQuery);
		const language = spokenLanguageOf(said.language, null);
		const { recommender, now } = c.get("services");
		const recommendation = await sharedOr(shared, JSON.stringify([item, category, limit, explain && language]), now(), () => {
			const request: RecommendationRequest = {
				history: [],
				surface,
				item: item ?? null,
				limit,
				exclude: [],
				excludeSeen: true,
				filter: category === undefined ? {} : { category: [category] },
				diversity: 0,
				novelty: 0,
				explain,
				language,
			};
			return recommender.recommend(request, ANYONE, (work) => c.executionCtx.waitUntil(work), false);
		});
		count(c, surface, recommendation.response.source, start);
		// A list that is shared has no place in any one visitor's log.
		const response = { ...recommendation.response, recommendationId: null };
		return c.json(response, 200, { ...publicFor(response.source), ...timing(recommendation) });
	});
	return routes;
}
