import { Hono } from "hono";
import { ProfileRequest } from "../contract/profile.ts";
import { RECOMMENDATION_BODY_MAX_BYTES } from "../contract/recommendation.ts";
import { count, PERSONAL, refuseFutureEntries, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson } from "./body.ts";

/** `POST /v1/profile`: what the history sent says of its shopper. Nothing of it is kept, here or in any store. */
export function profileRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.post("/v1/profile", async function profile(c) {
		const start = performance.now();
		const { recommender, now } = c.get("services");
		const request = await readJson(c, ProfileRequest, RECOMMENDATION_BODY_MAX_BYTES);
		refuseFutureEntries(request.history, now());
		const drawn = await recommender.profile(request, c.get("sender"), (work) => c.executionCtx.waitUntil(work));
		count(c, "profile", drawn.response.source, start);
		return c.json(drawn.response, 200, { ...PERSONAL, ...timing(drawn) });
	});
	return routes;
}
