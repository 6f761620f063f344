import type { SessionKey, VisitorKey } from "../contract/context.ts";
import { keyedHash } from "./keyed-hash.ts";

/** Bytes kept of each HMAC: 128 bit, as hex 32 characters. */
const KEY_BYTES = 16;

/**
 * A visitor as we may hold them: HMAC-SHA-256 of address and user agent under the day's salt. Once the salt is gone
 * nobody can compute it again, not even by trying all addresses.
 * @param salt 32 random bytes of the UTC day
 */
export async function visitorKeyFor(salt: Uint8Array<ArrayBuffer>, address: string, userAgent: string): Promise<VisitorKey> {
	return (await keyedHash(salt, `visitor\0${address}\0${userAgent}`, KEY_BYTES)) as VisitorKey;
}

/**
 * A visitor for whom a sender with a token vouches, such as the shop's own server: told apart by session, since all of
 * them come from the sender's address.
 */
export async function vouchedVisitorKeyFor(salt: Uint8Array<ArrayBuffer>, session: string): Promise<VisitorKey> {
	return (await keyedHash(salt, `vouched\0${session}`, KEY_BYTES)) as VisitorKey;
}

/** A session as we may hold it; the same construction over another domain, so that no session can pose as a visitor. */
export async function sessionKeyFor(salt: Uint8Array<ArrayBuffer>, session: string): Promise<SessionKey> {
	return (await keyedHash(salt, `session\0${session}`, KEY_BYTES)) as SessionKey;
}
