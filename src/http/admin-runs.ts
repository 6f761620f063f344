import { Hono } from "hono";
import { ClaimRequest, FailRequest, FinishRequest, HeartbeatRequest, OpenRunRequest } from "../contract/run.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";
import { valueOrThrow } from "./value-or-throw.ts";

/** Largest body of a request about a run, bytes: a gate report or a long message, and room. */
export const RUN_BODY_MAX_BYTES = 64 * 1024;

const NO_STORE = { "cache-control": "no-store" } as const;

/** Training runs: opened by people or by cron, claimed by GPU workers under a lease. */
export function adminRunRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	const mayTrain = requireScope("train");

	routes.post("/admin/runs", mayTrain, async function openRun(c) {
		const { runs, now } = c.var.services;
		return c.json(await runs.open(await readJson(c, OpenRunRequest, RUN_BODY_MAX_BYTES), now()), 200, NO_STORE);
	});

	routes.get("/admin/runs", requireScope("read"), async function listRuns(c) {
		return c.json({ runs: await c.var.services.runs.list() }, 200, NO_STORE);
	});

	routes.post("/admin/runs/claim", mayTrain, async function claimRun(c) {
		const { runs, now } = c.var.services;
		const claim = await runs.claim(await readJson(c, ClaimRequest, RUN_BODY_MAX_BYTES), now());
		return claim === null ? c.body(null, 204) : c.json(claim, 200, NO_STORE);
	});

	routes.post("/admin/runs/:id/heartbeat", mayTrain, async function keepLease(c) {
		const { runs, now } = c.var.services;
		const request = await readJson(c, HeartbeatRequest, RUN_BODY_MAX_BYTES);
		return c.json(valueOrThrow(await runs.heartbeat(c.req.param("id"), request, now())), 200, NO_STORE);
	});

	routes.post("/admin/runs/:id/finish", mayTrain, async function finishRun(c) {
		const { runs, now } = c.var.services;
		const request = await readJson(c, FinishRequest, RUN_BODY_MAX_BYTES);
		return c.json(valueOrThrow(await runs.finish(c.req.param("id"), request, now())), 200, NO_STORE);
	});

	routes.post("/admin/runs/:id/fail", mayTrain, async function failRun(c) {
		const { runs, now } = c.var.services;
		const request = await readJson(c, FailRequest, RUN_BODY_MAX_BYTES);
		return c.json(valueOrThrow(await runs.fail(c.req.param("id"), request, now())), 200, NO_STORE);
	});

	return routes;
}
