import type { VisitorKey } from "../contract/context.ts";
import type { CrowdValue } from "../contract/crowd.ts";
import { keyedHash } from "./keyed-hash.ts";

/** Bits of a mark: a whole number that JavaScript, JSON and SQLite all hold exactly. */
export const MARK_BITS = 52;

const encoder = new TextEncoder();
const textOf = ({ kind, name }: CrowdValue) => `${kind}\0${name}`;

/**
 * What stands for a visitor among those who share one value: uniform in [0, 2^52), another one for each value, so that
 * two values tell nothing of having a visitor in common. The visitor's key, 128 secret bits of the day, keys the hash.
 */
export async function markOf(visitor: VisitorKey, value: CrowdValue): Promise<number> {
	const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`mark\0${visitor}\0${textOf(value)}`));
	const view = new DataView(digest);
	return (view.getUint32(0) >>> 12) * 2 ** 32 + view.getUint32(4);
}

/** A value's name until it is released: a keyed hash under the day's salt, 64 bits as hex. */
export const valueKeyOf = (salt: Uint8Array<ArrayBuffer>, value: CrowdValue): Promise<string> =>
	keyedHash(salt, `value\0${textOf(value)}`, 8);
