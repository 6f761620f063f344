import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

/** Longest time for which a browser may insist on TLS, seconds: a year. */
const HSTS_SECONDS = 31_536_000;
/** An answer is data: were it taken for a page, nothing in it would run, load or be framed. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers of every answer, ready before a handler makes its own. A page that a route makes itself brings its own policy in
 * the place of ours; those of `web/` lie in `web/public/_headers`.
 */
export function securityHeaders(): MiddlewareHandler<AppEnv> {
	return async function headersSecured(c, next) {
		const isPublic = c.req.path.startsWith("/v1/");
		c.header("x-content-type-options", "nosniff");
		c.header("referrer-policy", "no-referrer");
		c.header("x-frame-options", "DENY");
		c.header("strict-transport-security", `max-age=${HSTS_SECONDS}`);
		c.header("cross-origin-resource-policy", isPublic ? "cross-origin" : "same-origin");
		c.header("content-security-policy", NOTHING);
		await next();
	};
}
