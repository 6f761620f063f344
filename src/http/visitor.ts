import type { MiddlewareHandler } from "hono";
import { RequestFailure } from "../contract/errors.ts";
import type { MetricSink } from "../feedback/ports.ts";
import { mayCollect } from "../privacy/consent.ts";
import type { AppEnv } from "./app-env.ts";
import { tokenOf } from "./auth.ts";

/** Period of the rate limit as wrangler.toml sets it, seconds. */
const RATE_PERIOD_SECONDS = 60;

/** Counts nothing: for those who did not consent. */
const SILENT: MetricSink = { record: () => {}, flush: () => null };

/**
 * Takes the sender at the door and lets a visitor pass who does not ask too often, before any body is read. Who holds a
 * token to read everything (evaluation, replay) is not counted as a visitor. A request that may not be counted reaches
 * its route with metrics that count nothing; whether its events are kept is asked once more with the consent they carry.
 */
export function admitVisitor(): MiddlewareHandler<AppEnv> {
	return async function visitorAdmitted(c, next) {
		const services = c.get("services");
		const { allow, consentDefault, senderOf, tokens } = services;
		if (!mayCollect(c.req.raw.headers, undefined, consentDefault)) c.set("services", { ...services, metrics: SILENT });
		const sender = await senderOf(c.req.raw, (work) => c.executionCtx.waitUntil(work));
		c.set("sender", sender);
		const isReader = c.req.raw.headers.has("authorization") && ((await tokenOf(c.req.raw, tokens))?.scopes.includes("read") ?? false);
		c.set("isReader", isReader);
		if (!isReader && !(await allow(sender))) throw new RequestFailure({ kind: "rate_limited", retryAfterSeconds: RATE_PERIOD_SECONDS });
		await next();
	};
}
