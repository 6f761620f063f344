import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { SCOPES, type Scope } from "../src/contract/errors.ts";
import { ok } from "../src/contract/result.ts";
import { adminCatalogueRoutes } from "../src/http/admin-catalogue.ts";
import { adminReleaseRoutes } from "../src/http/admin-releases.ts";
import { adminRunRoutes } from "../src/http/admin-runs.ts";
import { adminStatusRoutes } from "../src/http/admin-status.ts";
import type { AppEnv } from "../src/http/app-env.ts";
import type { StoredToken } from "../src/http/auth.ts";
import { onError } from "../src/http/errors.ts";
import type { Services } from "../src/http/services.ts";
import type { ReleasePorts, VerifyRelease } from "../src/retrain/ports.ts";
import { createReleaseRegistry } from "../src/retrain/release-registry.ts";
import { createCatalogue } from "../src/store/catalogue.ts";
import { createPointerStore } from "../src/store/pointer.ts";
import { createReleaseFiles } from "../src/store/release-files.ts";
import { createReleaseRows } from "../src/store/release-registry.ts";
import { createRunRegistry } from "../src/store/run-registry.ts";
import { createStatus } from "../src/store/status.ts";

/** 2026-11-20 10:00:00 UTC. */
export const NOW = 1_795_168_800;

export const migrate = () => applyD1Migrations(env.DB, (env as typeof env & { TEST_MIGRATIONS: D1Migration[] }).TEST_MIGRATIONS);

export const rows = async <T>(sql: string): Promise<T[]> => (await env.DB.prepare(sql).all<T>()).results;

export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
	const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
	return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One token a scope, named like it. */
const tokens: readonly StoredToken[] = await Promise.all(
	SCOPES.map(async (scope) => ({ name: scope, scopes: [scope], sha256: await sha256(`secret-${scope}`) })),
);

/** The real stores; `verify` stands for the serving path's loader, which another test covers. */
export const releasePorts = (verify: VerifyRelease = async () => ok(null)): ReleasePorts => ({
	rows: createReleaseRows(env.DB),
	files: createReleaseFiles(env.RELEASES, env.LOG),
	pointer: createPointerStore(env.DB, env.RELEASES),
	runs: createRunRegistry(env.DB),
	verify,
	terms: { kPairMin: 3, epsilonMax: null },
});

export type Ask = (method: string, path: string, scope: Scope | null, body?: BodyInit | object) => Promise<Response>;

/** The admin routes over real bindings. @param clock read at each request, unix seconds */
export function adminApp(clock: () => number = () => NOW, ports: ReleasePorts = releasePorts()): Ask {
	const services = {
		catalogue: createCatalogue(env.DB),
		releases: createReleaseRegistry(ports),
		runs: createRunRegistry(env.DB),
		status: () => createStatus(env.DB)(clock()),
		tokens,
		now: clock,
	} as Partial<Services> as Services;
	const app = new Hono<AppEnv>({ strict: false });
	app.onError(onError);
	app.use(async (c, next) => {
		c.set("services", services);
		c.set("requestId", "request-1");
		await next();
	});
	for (const routes of [adminCatalogueRoutes, adminReleaseRoutes, adminRunRoutes, adminStatusRoutes]) app.route("/", routes());
	return async (method, path, scope, body) =>
		app.request(path, {
			method,
			headers: scope === null ? {} : { authorization: `Bearer secret-${scope}` },
			...(body !== undefined && { body: isBodyInit(body) ? body : JSON.stringify(body) }),
		});
}

const isBodyInit = (body: BodyInit | object): body is BodyInit =>
	typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;

/** Status and error code of a refused request. */
export async function refusal(answer: Response): Promise<{ status: number; code: string; message: string; path?: string }> {
	const { error } = await answer.json<{ error: { code: string; message: string; path?: string } }>();
	return { status: answer.status, code: error.code, message: error.message, ...(error.path !== undefined && { path: error.path }) };
}
