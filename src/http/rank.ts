import { Hono } from "hono";
import { RANK_BODY_MAX_BYTES, RankRequest } from "../contract/rank.ts";
import { count, inOwnLanguage, PERSONAL, refuseFutureEntries, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson } from "./body.ts";

/** `POST /v1/rank`: a list of the shop's own in personal order. With nothing at hand it comes back as it was given. */
export function rankRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.post("/v1/rank", async function rank(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const request = inOwnLanguage(c, await readJson(c, RankRequest, RANK_BODY_MAX_BYTES));
		refuseFutureEntries(request.history, now());
		const ranked = await recommender.rank(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		count(c, request.surface, ranked.response.source, start);
		return c.json(ranked.response, 200, { ...PERSONAL, ...timing(ranked) });
	});
	return routes;
}
