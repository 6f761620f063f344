import { Hono } from "hono";
import { EvaluationRequest, RECOMMENDATION_BODY_MAX_BYTES } from "../contract/recommendation.ts";
import { refuseFutureEntries, timing } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";

/** `POST /admin/evaluate`: a list by chosen parts of the active release; neither counted nor limited. */
export function evaluationRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.post("/admin/evaluate", requireScope("read"), async function evaluate(c) {
		const request = await readJson(c, EvaluationRequest, RECOMMENDATION_BODY_MAX_BYTES);
		refuseFutureEntries(request.history, c.var.services.now());
		const evaluated = await c.var.services.recommender.evaluate(request, request.parts, (work) => c.executionCtx.waitUntil(work));
		return c.json(evaluated.response, 200, { "cache-control": "no-store", ...timing(evaluated) });
	});
	return routes;
}
