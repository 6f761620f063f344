import { Hono } from "hono";
import { CANDIDATE_BODY_MAX_BYTES, CandidateRequest, IdsReadRequest } from "../contract/candidate.ts";
import { refuseFutureEntries } from "./answering.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";

const NO_STORE = { "cache-control": "no-store" } as const;

/** What an estimate asks before anybody sees a candidate: its answers, and what the ids of the log hold. */
export function candidateRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.post("/admin/releases/:id/answers", requireScope("read"), async function answersOfCandidate(c) {
		const { recommender, now } = c.var.services;
		const asked = await readJson(c, CandidateRequest, CANDIDATE_BODY_MAX_BYTES);
		for (const { request } of asked.requests) refuseFutureEntries(request.history, now());
		return c.json(await recommender.candidate(c.req.param("id"), asked, (work) => c.executionCtx.waitUntil(work)), 200, NO_STORE);
	});

	routes.post("/admin/recommendation-ids", requireScope("read"), async function readIds(c) {
		const { ids } = await readJson(c, IdsReadRequest, CANDIDATE_BODY_MAX_BYTES);
		return c.json({ ids: await c.var.services.readIds(ids) }, 200, NO_STORE);
	});
	return routes;
}
