import { Hono } from "hono";
import * as v from "valibot";
import { generalise } from "../privacy/crowd.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";

const EventsQuery = v.strictObject({
	cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}(\.\d{1,9})?$/, "must be a cursor of an earlier page"))),
});

/** `GET /admin/events?cursor=`: the log in pages, each event id once, of context only values that had a crowd; `cursor` is null at the end. */
export function adminEventRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.get("/admin/events", requireScope("read"), async function pageOfEvents(c) {
		const { cursor } = readQuery(c, EventsQuery);
		const { features, log, now } = c.var.services;
		const isReleased = await features.read(now());
		const page = await log.page(cursor ?? null);
		// What leaves the log speaks of crowds: a rarer value of a feature is its parent.
		const lines = page.lines.map((line) => ({ ...line, context: generalise(line.context, isReleased) }));
		return c.json({ ...page, lines }, 200, { "cache-control": "no-store" });
	});
	return routes;
}
