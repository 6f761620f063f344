import { Hono } from "hono";
import { RECOMMENDATION_BODY_MAX_BYTES, type Source } from "../contract/recommendation.ts";
import { SearchRequest, type SearchSourceName, SuggestRequest } from "../contract/search.ts";
import { count, inOwnLanguage, PERSONAL, refuseFutureEntries, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson } from "./body.ts";

/** Words alone give everybody the same order, as what is popular does: both are counted as one rung. */
const countedAs = (source: SearchSourceName): Source => (source === "words" ? "popular" : source);

/**
 * `POST /v1/search` and `POST /v1/suggest`. What was typed stands in the body, so that no log of addresses holds it, and
 * is kept nowhere: a shop that wants searches in its log sends them as events.
 */
export function searchRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.post("/v1/search", async function search(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const request = inOwnLanguage(c, await readJson(c, SearchRequest, RECOMMENDATION_BODY_MAX_BYTES));
		refuseFutureEntries(request.history, now());
		const served = await recommender.search(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		count(c, request.surface, countedAs(served.response.source), start);
		return c.json(served.response, 200, { ...PERSONAL, ...timing(served) });
	});
	routes.post("/v1/suggest", async function suggest(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const request = await readJson(c, SuggestRequest, RECOMMENDATION_BODY_MAX_BYTES);
		refuseFutureEntries(request.history, now());
		const served = await recommender.suggest(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		count(c, request.surface, countedAs(served.response.source), start);
		return c.json(served.response, 200, { ...PERSONAL, ...timing(served) });
	});
	return routes;
}
