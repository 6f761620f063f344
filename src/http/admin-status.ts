import { Hono } from "hono";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";

/** `GET /admin/status`: what serves, what was counted, what waits. */
export function adminStatusRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.get("/admin/status", requireScope("read"), async function readStatus(c) {
		return c.json(await c.var.services.status(), 200, { "cache-control": "no-store" });
	});
	return routes;
}
