import type { MiddlewareHandler } from "hono";
import { RequestFailure, type Scope } from "../contract/errors.ts";
import type { AdminToken, AppEnv } from "./app-env.ts";

/** A token as configured: its SHA-256, never itself. */
export type StoredToken = AdminToken & { readonly sha256: string };

const encoder = new TextEncoder();
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/**
 * Finds the token of a request. All stored hashes are compared in full, in constant time.
 * @returns null when there is none or it is not known
 */
export async function tokenOf(request: Request, stored: readonly StoredToken[]): Promise<AdminToken | null> {
	const shown = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
	if (shown === undefined) return null;
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(shown)));
	let found: AdminToken | null = null;
	for (const token of stored) if (equalInConstantTime(digest, bytesOfHex(token.sha256))) found = token;
	return found;
}

/** Lets a request pass when its token has any one of the scopes; a refusal names the first. */
export function requireScope(...scopes: readonly [Scope, ...Scope[]]): MiddlewareHandler<AppEnv> {
	return async function scopeRequired(c, next) {
		const token = await tokenOf(c.req.raw, c.var.services.tokens);
		if (token === null) throw new RequestFailure({ kind: "unauthorized" });
		if (!scopes.some((scope) => token.scopes.includes(scope))) throw new RequestFailure({ kind: "forbidden", scope: scopes[0] });
		c.set("token", token);
		await next();
	};
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
	if (a.byteLength !== b.byteLength) return false;
	let difference = 0;
	for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number);
	return difference === 0;
}

const bytesOfHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
