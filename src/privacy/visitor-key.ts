import type { SessionKey, VisitorKey } from "../contract/context.ts";

/** Bytes kept of each HMAC: 128 bit, as hex 32 characters. */
const KEY_BYTES = 16;

const encoder = new TextEncoder();

/**
 * A visitor as we may hold them: HMAC-SHA-256 of address and user agent under the day's salt. Once the salt is gone
 * nobody can compute it again, not even by trying all addresses.
 * @param salt 32 random bytes of the UTC day
 */
export async function visitorKeyFor(salt: Uint8Array<ArrayBuffer>, address: string, userAgent: string): Promise<VisitorKey> {
	return (await keyedHash(salt, `visitor\0${address}\0${userAgent}`)) as VisitorKey;
}

/**
 * A visitor for whom a sender with a token vouches, such as the shop's own server: told apart by session, since all of
 * them come from the sender's address.
 */
export async function vouchedVisitorKeyFor(salt: Uint8Array<ArrayBuffer>, session: string): Promise<VisitorKey> {
	return (await keyedHash(salt, `vouched\0${session}`)) as VisitorKey;
}

/** A session as we may hold it; the same construction over another domain, so that no session can pose as a visitor. */
export async function sessionKeyFor(salt: Uint8Array<ArrayBuffer>, session: string): Promise<SessionKey> {
	return (await keyedHash(salt, `session\0${session}`)) as SessionKey;
}

/** Keys by their salt: one is used for a whole day. */
const keys = new WeakMap<Uint8Array, CryptoKey>();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

async function keyedHash(salt: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
	let key = keys.get(salt);
	if (key === undefined) {
		key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
		keys.set(salt, key);
	}
	const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)), 0, KEY_BYTES);
	let hex = "";
	for (const byte of mac) hex += HEX[byte];
	return hex;
}
