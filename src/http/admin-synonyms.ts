import { Hono } from "hono";
import { RequestFailure } from "../contract/errors.ts";
import { SYNONYMS_BODY_MAX_BYTES, SynonymsRequest } from "../contract/synonym.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";

const NO_STORE = { "cache-control": "no-store" } as const;

/** What the shop's words mean beside themselves: read and put as a whole. Isolates obey within the time of a poll. */
export function adminSynonymRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.get("/admin/synonyms", requireScope("read"), async function readSynonyms(c) {
		return c.json(await c.var.services.synonyms.read(), 200, NO_STORE);
	});

	routes.put("/admin/synonyms", requireScope("catalogue"), async function putSynonyms(c) {
		const { synonyms, now } = c.var.services;
		const request = await readJson(c, SynonymsRequest, SYNONYMS_BODY_MAX_BYTES);
		if (!(await synonyms.put(request, c.var.token.name, now()))) {
			throw new RequestFailure({ kind: "conflict", message: "The synonyms were changed since that version; read them again" });
		}
		return c.json(await synonyms.read(), 200, NO_STORE);
	});

	return routes;
}
