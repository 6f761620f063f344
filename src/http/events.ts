import { Hono } from "hono";
import { RequestFailure } from "../contract/errors.ts";
import { EVENTS_BODY_MAX_BYTES, EventsRequest } from "../contract/event.ts";
import { mayCollect } from "../privacy/consent.ts";
import type { AppEnv } from "./app-env.ts";
import { readJson } from "./body.ts";

const KEYED_OFF = "needs the keyed mode, which is off: LOG_KEYS holds no key for pseudonyms";

/** `POST /v1/events`: takes what shoppers did, also as `sendBeacon` sends it. 202 means durable. */
export function eventRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.post("/v1/events", async function takeEvents(c) {
		const { erasure, events, recommender, witnessOf, consentDefault, now } = c.get("services");
		// An isolate that is only ever sent events needs the release's vocabulary too, or it would drop every query.
		recommender.prepare((work) => c.executionCtx.waitUntil(work));
		const request = await readJson(c, EventsRequest, EVENTS_BODY_MAX_BYTES);
		const allowed = mayCollect(c.req.raw.headers, request.consent, consentDefault);
		const { pseudonym, session } = request;
		// A shop that names shoppers counts on being able to erase them.
		if (pseudonym !== undefined && erasure === null)
			throw new RequestFailure({ kind: "invalid_field", path: "pseudonym", message: KEYED_OFF });
		const time = now();
		const witness = await witnessOf(c.req.raw, session, c.get("isReader"));
		const dataKey = pseudonym === undefined ? undefined : await erasure?.dataKeyFor(pseudonym, time);
		const answer = await events.accept(request.events, { ...witness, dataKey }, allowed, time);
		return c.json(answer, 202, { "cache-control": "no-store" });
	});
	return routes;
}
