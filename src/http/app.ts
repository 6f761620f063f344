import { Hono } from "hono";
import { behindAccess } from "./access.ts";
import { adminCatalogueRoutes } from "./admin-catalogue.ts";
import { adminEventRoutes } from "./admin-events.ts";
import { adminReleaseRoutes } from "./admin-releases.ts";
import { adminRuleRoutes } from "./admin-rules.ts";
import { adminRunRoutes } from "./admin-runs.ts";
import { adminStatusRoutes } from "./admin-status.ts";
import { adminSynonymRoutes } from "./admin-synonyms.ts";
import type { AppEnv } from "./app-env.ts";
import { candidateRoutes } from "./candidate.ts";
import { openTo } from "./cors.ts";
import { docsRoutes } from "./docs.ts";
import { failureResponse, onError } from "./errors.ts";
import { evaluationRoutes } from "./evaluate.ts";
import { eventRoutes } from "./events.ts";
import { profileRoutes } from "./profile.ts";
import { rankRoutes } from "./rank.ts";
import { recommendationRoutes } from "./recommendations.ts";
import { searchRoutes } from "./search.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Services } from "./services.ts";
import { shelfRoutes } from "./shelves.ts";
import { admitVisitor } from "./visitor.ts";
import { visitorRoutes } from "./visitors.ts";

/** All routes over the given services. */
export function createApp(services: Services): Hono<AppEnv> {
	const app = new Hono<AppEnv>({ strict: false });
	app.onError(onError);
	app.notFound((c) => failureResponse(c, { kind: "not_found", what: "such route" }));
	app.use(async function requestFrame(c, next) {
		c.set("services", services);
		const requestId = crypto.randomUUID();
		c.set("requestId", requestId);
		// Before the handler, so that it stands in the response as it is made: to set it afterwards makes another one.
		c.header("x-request-id", requestId);
		await next();
	});
	app.use(securityHeaders());
	// The one route of /v1 that is for operators: no page of another origin reads it, and no visitor's count stands before it.
	app.use("/v1/visitors/*", behindAccess(services.access));
	app.route("/", visitorRoutes());
	// Public and without cookies: a page of the shop's origins may read what its own visitor was answered.
	app.use("/v1/*", openTo(services.corsOrigins));
	app.use("/v1/*", admitVisitor());
	app.use("/admin/*", behindAccess(services.access));
	const groups = [
		recommendationRoutes(),
		rankRoutes(),
		shelfRoutes(),
		searchRoutes(),
		profileRoutes(),
		eventRoutes(),
		evaluationRoutes(),
		candidateRoutes(),
		adminCatalogueRoutes(),
		adminEventRoutes(),
		adminReleaseRoutes(),
		adminRuleRoutes(),
		adminRunRoutes(),
		adminStatusRoutes(),
		adminSynonymRoutes(),
		docsRoutes(),
	];
	for (const group of groups) app.route("/", group);
	return app;
}
