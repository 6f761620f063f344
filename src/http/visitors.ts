import { Hono } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { Pseudonym } from "../contract/event.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { failureOf } from "./body.ts";

/**
 * `DELETE /v1/visitors/{key}`: destroys the keys under which the events of a pseudonym lie. The answer is the same whether
 * there were any.
 */
export function visitorRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();
	routes.delete("/v1/visitors/:key", requireScope("erase"), async function eraseVisitor(c) {
		const { erasure, now } = c.var.services;
		if (erasure === null)
			throw new RequestFailure({ kind: "conflict", message: "The keyed mode is off: LOG_KEYS holds no key for pseudonyms." });
		const parsed = v.safeParse(v.object({ key: Pseudonym }), { key: c.req.param("key") }, { abortEarly: true });
		if (!parsed.success) throw new RequestFailure(failureOf(parsed.issues[0]));
		await erasure.erase(parsed.output.key, now());
		return c.body(null, 204);
	});
	return routes;
}
