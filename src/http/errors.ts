import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Failure, RequestFailure } from "../contract/errors.ts";
import type { AppEnv } from "./app-env.ts";

type PublicError = { status: ContentfulStatusCode; message: string; path?: string; retryAfterSeconds?: number };

/** Status and public message of each reason. */
function describe(failure: Failure): PublicError {
	switch (failure.kind) {
		case "bad_json":
			return { status: 400, message: "The body is not JSON in UTF-8, or nests too deep." };
		case "body_too_large":
			return { status: 413, message: `The body has more than ${failure.maxBytes} bytes.` };
		case "invalid_field":
			return { status: 400, message: `${failure.path || "The body"} ${failure.message}.`, path: failure.path };
		case "unknown_field":
			return { status: 400, message: `${failure.path} is not a known field.`, path: failure.path };
		case "unauthorized":
			return { status: 401, message: "An admin token is needed: Authorization: Bearer …" };
		case "forbidden":
			return { status: 403, message: `The token lacks the scope ${failure.scope}.` };
		case "not_found":
			return { status: 404, message: `There is no ${failure.what}.` };
		case "conflict":
			return { status: 409, message: failure.message };
		case "release_refused":
			return { status: 422, message: `${failure.file}: ${failure.message}`, path: failure.file };
		case "gate_refused":
			return { status: 422, message: failure.message };
		case "log_unreadable":
			return { status: 500, message: `${failure.object} ${failure.message}.` };
		case "rate_limited":
			return { status: 429, message: "Too many requests.", retryAfterSeconds: failure.retryAfterSeconds };
		case "unavailable":
			return { status: 503, message: "The service cannot take this now.", retryAfterSeconds: failure.retryAfterSeconds };
		case "internal":
			return { status: 500, message: "Something went wrong here." };
	}
}

export function failureResponse(c: Context<AppEnv>, failure: Failure): Response {
	const { status, message, path, retryAfterSeconds } = describe(failure);
	if (retryAfterSeconds !== undefined) c.header("retry-after", String(retryAfterSeconds));
	c.header("cache-control", "no-store");
	const error = { code: failure.kind, message, ...(path !== undefined && { path }), requestId: c.get("requestId") };
	return c.json({ error }, status);
}

/** hono's `onError`: expected failures carry their reason; anything else is a bug, logged by its type alone. */
export function onError(thrown: Error, c: Context<AppEnv>): Response {
	if (thrown instanceof RequestFailure) return failureResponse(c, thrown.failure);
	// Messages of storage errors hold the values that were bound: only the error's name is logged.
	console.error(JSON.stringify({ level: "error", requestId: c.get("requestId"), path: c.req.routePath, error: thrown.name }));
	return failureResponse(c, { kind: "internal" });
}
