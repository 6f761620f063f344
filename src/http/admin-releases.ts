import { Hono } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { ActivateRequest, ReleaseId } from "../contract/release.ts";
import type { AppEnv } from "./app-env.ts";
import { requireScope } from "./auth.ts";
import { failureOf, readJson, streamUpTo } from "./body.ts";
import { valueOrThrow } from "./value-or-throw.ts";

/** Largest file of a release, bytes. */
export const RELEASE_FILE_MAX_BYTES = 1024 * 1024 * 1024;
/** Largest body of a request to activate, bytes. */
const ACTIVATE_BODY_MAX_BYTES = 4096;

const NO_STORE = { "cache-control": "no-store" } as const;

/** Upload, reading and activation of releases. Whoever trains may upload and ask the gate; an operator's word needs `release`. */
export function adminReleaseRoutes(): Hono<AppEnv> {
	const routes = new Hono<AppEnv>();

	routes.put("/admin/releases/:id/:file", requireScope("release", "train"), async function takeReleaseFile(c) {
		const { releases, now } = c.var.services;
		const id = releaseIdOf(c.req.param("id"));
		const body = streamUpTo(c.req.raw, RELEASE_FILE_MAX_BYTES);
		return c.json(valueOrThrow(await releases.put(id, c.req.param("file"), body, now())), 200, NO_STORE);
	});

	routes.get("/admin/releases", requireScope("read"), async function listReleases(c) {
		const { releases } = c.var.services;
		const [list, pointer] = await Promise.all([releases.list(), releases.pointer()]);
		return c.json({ releases: list, pointer }, 200, NO_STORE);
	});

	routes.get("/admin/releases/:id", requireScope("read"), async function oneRelease(c) {
		const release = await c.var.services.releases.get(c.req.param("id"));
		if (release === null) throw new RequestFailure({ kind: "not_found", what: "such release" });
		return c.json(release, 200, NO_STORE);
	});

	routes.get("/admin/releases/:id/:file", requireScope("read"), async function oneReleaseFile(c) {
		const { id, file } = c.req.param();
		const content = await c.var.services.releases.file(id, file);
		if (content === null) throw new RequestFailure({ kind: "not_found", what: "such file" });
		const type = file.endsWith(".json") ? "application/json" : "application/octet-stream";
		return c.body(content, 200, { ...NO_STORE, "content-type": type });
	});

	routes.post("/admin/releases/rollback", requireScope("release"), async function rollBackRelease(c) {
		const { releases, now } = c.var.services;
		return c.json(valueOrThrow(await releases.rollback(c.var.token.name, now())), 200, NO_STORE);
	});

	routes.post("/admin/releases/:id/activate", requireScope("release", "train"), async function activateRelease(c) {
		const { releases, now } = c.var.services;
		const id = releaseIdOf(c.req.param("id"));
		const request = await readJson(c, ActivateRequest, ACTIVATE_BODY_MAX_BYTES);
		const { name, scopes } = c.var.token;
		if (request.by === "operator" && !scopes.includes("release")) throw new RequestFailure({ kind: "forbidden", scope: "release" });
		return c.json(valueOrThrow(await releases.activate(id, request, name, now())), 200, NO_STORE);
	});

	return routes;
}

function releaseIdOf(text: string): string {
	const parsed = v.safeParse(v.object({ id: ReleaseId }), { id: text }, { abortEarly: true });
	if (!parsed.success) throw new RequestFailure(failureOf(parsed.issues[0]));
	return parsed.output.id;
}
