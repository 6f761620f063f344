import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import { RequestFailure } from "../contract/errors.ts";
import type { AppEnv } from "./app-env.ts";

/** Header in which Cloudflare Access hands its word on. */
export const ACCESS_HEADER = "cf-access-jwt-assertion";
/** Time for which the team's keys are held, seconds: Access rotates them every six weeks and announces the next. */
const KEYS_MAX_AGE_SECONDS = 3600;
/** Time between two fetches at least, seconds: whoever invents key ids makes no traffic of it. */
const KEYS_MIN_AGE_SECONDS = 60;
/** Longest wait for the keys, milliseconds. */
const FETCH_WITHIN_MS = 5000;
/** Longest assertion that is looked at, characters. */
const ASSERTION_MAX_LENGTH = 8192;

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

const Header = v.object({ alg: v.literal("RS256"), kid: v.string() });
const Claims = v.object({
	iss: v.string(),
	aud: v.union([v.string(), v.array(v.string())]),
	exp: v.number(),
	nbf: v.optional(v.number()),
});
const Keys = v.object({ keys: v.array(v.object({ kid: v.string(), kty: v.literal("RSA"), n: v.string(), e: v.string() })) });

/** @returns `unavailable` while the team's keys cannot be had, and so nobody can be let in */
export type AccessCheck = (assertion: string | null, now: number) => Promise<"open" | "refused" | "unavailable">;

export type AccessOptions = {
	/** Origin of the team, https://<team>.cloudflareaccess.com: issuer, and where its keys lie. */
	readonly team: string;
	/** The application's audience tag. */
	readonly audience: string;
	readonly fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
};

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
type Held = { readonly keys: ReadonlyMap<string, Key>; readonly triedAt: number; readonly at: number };

/**
 * Checks what Cloudflare Access asserts of a request: signature (RS256), issuer, audience, and time. The team's keys are
 * fetched when first needed and held; while they cannot be fetched anew the last ones are used on.
 * @see RFC 7515, 5.2; RFC 7519, 7.2; RFC 8725, 3.1 (one algorithm, not the token's choice)
 */
export function createAccessCheck({ team, audience, fetch }: AccessOptions): AccessCheck {
	// Values, never promises: a request must not wait for another one's I/O.
	let held: Held = { keys: new Map(), triedAt: Number.NEGATIVE_INFINITY, at: Number.NEGATIVE_INFINITY };

	async function refresh(now: number): Promise<void> {
		held = { ...held, triedAt: now };
		try {
			const answer = await fetch(`${team}/cdn-cgi/access/certs`, { signal: AbortSignal.timeout(FETCH_WITHIN_MS) });
			const parsed = v.safeParse(Keys, await answer.json());
			if (!answer.ok || !parsed.success) return;
			const imported = parsed.output.keys.map(async ({ kid, ...jwk }) => [kid, await importKey(jwk)] as const);
			held = { keys: new Map(await Promise.all(imported)), triedAt: now, at: now };
		} catch {
			// Out of reach or not a key: those that are held stay, and the next minute asks again.
		}
	}

	return async function checkAccess(assertion, now) {
		const parts = partsOf(assertion ?? "");
		if (parts === null) return "refused";
		const { header, claims, signed, signature } = parts;
		const audiences = typeof claims.aud === "string" ? [claims.aud] : claims.aud;
		if (claims.iss !== team || !audiences.includes(audience)) return "refused";
		if (claims.exp <= now || (claims.nbf ?? now) > now) return "refused";
		const wanted = !held.keys.has(header.kid) || now - held.at >= KEYS_MAX_AGE_SECONDS;
		if (wanted && now - held.triedAt >= KEYS_MIN_AGE_SECONDS) await refresh(now);
		if (held.keys.size === 0) return "unavailable";
		const key = held.keys.get(header.kid);
		if (key === undefined) return "refused";
		return (await crypto.subtle.verify(RS256, key, signature, signed)) ? "open" : "refused";
	};
}

/** Beside a token's scopes, a lock of its own on every admin route; null: there is none. */
export function behindAccess(check: AccessCheck | null): MiddlewareHandler<AppEnv> {
	return async function accessRequired(c, next) {
		if (check !== null) {
			const found = await check(c.req.header(ACCESS_HEADER) ?? null, c.var.services.now());
			if (found === "unavailable") throw new RequestFailure({ kind: "unavailable", retryAfterSeconds: KEYS_MIN_AGE_SECONDS });
			if (found === "refused") throw new RequestFailure({ kind: "unauthorized" });
		}
		await next();
	};
}

const importKey = ({ kty, n, e }: { kty: string; n: string; e: string }): Promise<Key> =>
	crypto.subtle.importKey("jwk", { kty, n, e, alg: "RS256" }, RS256, false, ["verify"]);

/** An assertion's parts, nothing of them verified; null where it is none. */
function partsOf(assertion: string) {
	const texts = assertion.split(".");
	if (assertion.length > ASSERTION_MAX_LENGTH || texts.length !== 3) return null;
	const [head, body, seal] = texts.map(bytesOf) as [Bytes | null, Bytes | null, Bytes | null];
	if (head === null || body === null || seal === null) return null;
	const header = v.safeParse(Header, parsedOf(head));
	const claims = v.safeParse(Claims, parsedOf(body));
	if (!header.success || !claims.success) return null;
	const signed = new TextEncoder().encode(`${texts[0]}.${texts[1]}`);
	return { header: header.output, claims: claims.output, signed, signature: seal };
}

type Bytes = Uint8Array<ArrayBuffer>;

function bytesOf(base64url: string): Bytes | null {
	if (!/^[\w-]*$/.test(base64url)) return null;
	try {
		return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
	} catch {
		return null;
	}
}

function parsedOf(bytes: Bytes): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return null;
	}
}
