import type { Context } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import { nestsTooDeep } from "./depth.ts";

/** Bytes beyond a limit that are still read, and thrown away, before the refusal. */
const REFUSED_READ_BYTES = 16 * 1024 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * A body piece by piece, up to a limit, whatever Content-Length claims.
 * @throws RequestFailure `body_too_large`
 */
export async function* streamUpTo(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
	const tooLarge = () => new RequestFailure({ kind: "body_too_large", maxBytes });
	if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
	if (request.body === null) return;
	let total = 0;
	for await (const chunk of request.body as ReadableStream<Uint8Array>) {
		total += chunk.byteLength;
		// What is too large is read on for a while: a client that is cut off while it sends may never hear why.
		if (total > maxBytes + REFUSED_READ_BYTES) break;
		if (total <= maxBytes) yield chunk;
	}
	if (total > maxBytes) throw tooLarge();
}

/**
 * Reads a body up to a limit.
 * @returns the bytes, at most `maxBytes`
 * @throws RequestFailure `body_too_large`
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
	const stated = request.headers.get("content-length");
	// HTTP holds a body to its stated length, unless it comes in chunks: it can be taken whole.
	if (stated !== null && Number(stated) <= maxBytes && !request.headers.has("transfer-encoding")) {
		const whole = new Uint8Array(await request.arrayBuffer());
		if (whole.byteLength > maxBytes) throw new RequestFailure({ kind: "body_too_large", maxBytes });
		return whole;
	}
	const chunks: Uint8Array[] = [];
	let total = 0;
	for await (const chunk of streamUpTo(request, maxBytes)) {
		chunks.push(chunk);
		total += chunk.byteLength;
	}
	const bytes = new Uint8Array(total);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}

/**
 * Reads and checks a JSON body, whatever its Content-Type: `sendBeacon` and requests without preflight send text/plain.
 * @throws RequestFailure `body_too_large`, `bad_json`, `unknown_field`, `invalid_field`
 */
export async function readJson<S extends v.GenericSchema>(c: Context, schema: S, maxBytes: number): Promise<v.InferOutput<S>> {
	const bytes = await readBytes(c.req.raw, maxBytes);
	if (nestsTooDeep(bytes)) throw new RequestFailure({ kind: "bad_json" });
	let value: unknown;
	try {
		value = JSON.parse(utf8.decode(bytes));
	} catch {
		throw new RequestFailure({ kind: "bad_json" });
	}
	// valibot takes an array for an object, and would then speak of fields that it has by its prototype.
	if (Array.isArray(value)) throw new RequestFailure({ kind: "invalid_field", path: "", message: "must be an object" });
	return check(schema, value);
}

/** Checks the query string. @throws RequestFailure `unknown_field`, `invalid_field` */
export const readQuery = <S extends v.GenericSchema>(c: Context, schema: S): v.InferOutput<S> => check(schema, c.req.query());

function check<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
	const parsed = v.safeParse(schema, value, { abortEarly: true });
	if (parsed.success) return parsed.output;
	throw new RequestFailure(failureOf(parsed.issues[0]));
}

/** Longest path that is told back, characters: it may hold names that the client made up. */
const PATH_MAX_LENGTH = 100;

/** The first issue as a failure: the dotted path, and what was expected, without the value that was sent. */
export function failureOf(issue: v.BaseIssue<unknown>) {
	const path = (v.getDotPath(issue) ?? "").slice(0, PATH_MAX_LENGTH);
	if (issue.type === "strict_object" && issue.expected === "never") return { kind: "unknown_field", path } as const;
	return { kind: "invalid_field", path, message: expectationOf(issue) } as const;
}

/** valibot's own texts begin so, and may quote the value; those of our schemas are told as they are. */
const OWN_TEXT = /^Invalid /;

function expectationOf(issue: v.BaseIssue<unknown>): string {
	if (!OWN_TEXT.test(issue.message)) return issue.message;
	const requirement = String(issue.requirement);
	switch (issue.type) {
		case "strict_object":
		case "object":
			return issue.received === "undefined" && issue.expected !== "Object" ? "is required" : "must be an object";
		case "integer":
			return "must be a whole number";
		case "min_value":
			return `must be at least ${requirement}`;
		case "gt_value":
			return `must be more than ${requirement}`;
		case "max_value":
			return `must be at most ${requirement}`;
		case "min_length":
			return `must have at least ${requirement} entries or characters`;
		case "max_length":
			return `must have at most ${requirement} entries or characters`;
		default:
			return `must be ${issue.expected ?? "valid"}`;
	}
}
