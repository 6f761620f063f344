import { Hono } from "hono";
import { cors } from "hono/cors";
import { adminCatalogueRoutes } from "./admin-catalogue.ts";
import { adminEventRoutes } from "./admin-events.ts";
import { adminReleaseRoutes } from "./admin-releases.ts";
import { adminRunRoutes } from "./admin-runs.ts";
import { adminStatusRoutes } from "./admin-status.ts";
import type { AppEnv } from "./app-env.ts";
import { docsRoutes } from "./docs.ts";
import { failureResponse, onError } from "./errors.ts";
import { evaluationRoutes } from "./evaluate.ts";
import { eventRoutes } from "./events.ts";
import { profileRoutes } from "./profile.ts";
import { rankRoutes } from "./rank.ts";
import { recommendationRoutes } from "./recommendations.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Services } from "./services.ts";
import { shelfRoutes } from "./shelves.ts";
import { admitVisitor } from "./visitor.ts";

/** Time for which a browser may keep the answer to a preflight, seconds. */
const PREFLIGHT_SECONDS = 86_400;

/** All routes over the given services. */
export function createApp(services: Services): Hono<AppEnv> {
	const app = new Hono<AppEnv>({ strict: false });
	app.onError(onError);
	app.notFound((c) => failureResponse(c, { kind: "not_found", what: "such route" }));
	app.use(async function requestFrame(c, next) {
		c.set("services", services);
		c.set("requestId", crypto.randomUUID());
		await next();
		c.header("x-request-id", c.get("requestId"));
	});
	app.use(securityHeaders());
	// Public and without cookies: a page of the shop's origins may read what its own visitor was answered.
	const originOf = (origin: string) => (services.corsOrigins.includes(origin) ? origin : null);
	const origin = services.corsOrigins.includes("*") ? "*" : originOf;
	app.use("/v1/*", cors({ origin, exposeHeaders: ["x-request-id", "server-timing", "retry-after"], maxAge: PREFLIGHT_SECONDS }));
	app.use("/v1/*", admitVisitor());
	const groups = [
		recommendationRoutes(),
		rankRoutes(),
		shelfRoutes(),
		profileRoutes(),
		eventRoutes(),
		evaluationRoutes(),
		adminCatalogueRoutes(),
		adminEventRoutes(),
		adminReleaseRoutes(),
		adminRunRoutes(),
		adminStatusRoutes(),
		docsRoutes(),
	];
	for (const group of groups) app.route("/", group);
	return app;
}
