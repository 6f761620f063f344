import { Hono } from "hono";
import * as v from "valibot";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";

const EventsQuery = v.strictObject({
	cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}(\.\d{1,9})?$/, "must be a cursor of an earlier page"))),
});

/** `GET /admin/events?cursor=`: the log in pages, each event id once; `cursor` is null at the end. */
export function adminEventRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.get("/admin/events", requireScope("read"), async function pageOfEvents(c) {
		const { cursor } = readQuery(c, EventsQuery);
		return c.json(await c.var.services.log.page(cursor ?? null), 200, { "cache-control": "no-store" });
	});
	return routes;
}
