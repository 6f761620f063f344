import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

/** Time for which a browser may keep the answer to a preflight, seconds. */
const PREFLIGHT_SECONDS = 86_400;
const METHODS = "GET,HEAD,PUT,POST,DELETE,PATCH";
const EXPOSED = "x-request-id,server-timing,retry-after";

/**
 * Lets pages of the given origins read the answers; no cookie is read. The headers stand ready before the handler makes
 * its response, so that none is made twice; hono's own middleware makes an empty one first and copies.
 * @param origins "*" among them: all
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function openTo(origins: readonly string[]): MiddlewareHandler<AppEnv> {
	const isOpenToAll = origins.includes("*");
	return async function opened(c, next) {
		const { headers } = c.req.raw;
		if (isOpenToAll) c.header("access-control-allow-origin", "*");
		else {
			const origin = headers.get("origin");
			if (origin !== null && origins.includes(origin)) c.header("access-control-allow-origin", origin);
			// Also where the origin is not let in: what a cache keeps of one is not for another.
			c.header("vary", "origin");
		}
		c.header("access-control-expose-headers", EXPOSED);
		if (c.req.method === "OPTIONS") {
			c.header("access-control-max-age", String(PREFLIGHT_SECONDS));
			c.header("access-control-allow-methods", METHODS);
			const asked = headers.get("access-control-request-headers");
			if (asked !== null) c.header("access-control-allow-headers", asked);
			c.header("vary", "access-control-request-headers", { append: true });
			return c.body(null, 204);
		}
		await next();
	};
}
