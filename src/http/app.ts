import { Hono } from "hono";
import type { AppEnv } from "./app-env.ts";
import { failureResponse, onError } from "./errors.ts";
import type { Services } from "./services.ts";

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
	return app;
}
