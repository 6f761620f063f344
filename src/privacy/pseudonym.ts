import type { DataKeyName } from "../contract/event.ts";
import { keyedHash } from "./keyed-hash.ts";

const DAY_SECONDS = 86_400;
/** Bytes kept of the HMAC: 128 bit. */
const HASH_BYTES = 16;

/**
 * Name of the key under which a pseudonym's events of one UTC day lie. Two days of a pseudonym have unrelated names, and
 * without the secret nobody can tell whose they are, not even by trying all pseudonyms.
 * @param secret `pseudonyms` of LOG_KEYS, 32 bytes
 * @param at     unix seconds, any of the day
 */
export async function dataKeyNameFor(secret: Uint8Array, pseudonym: string, at: number): Promise<DataKeyName> {
	const day = String(at - (at % DAY_SECONDS)).padStart(10, "0");
	return `${day}-${await keyedHash(secret, `pseudonym\0${day}\0${pseudonym}`, HASH_BYTES)}` as DataKeyName;
}

/**
 * All names that a pseudonym's keys can have.
 * @param days kept of the log before today
 * @returns the day of `now`, those before it, and the next, which another clock may have reached
 */
export const dataKeyNamesOf = (secret: Uint8Array, pseudonym: string, now: number, days: number): Promise<DataKeyName[]> =>
	Promise.all(Array.from({ length: days + 2 }, (_, age) => dataKeyNameFor(secret, pseudonym, now + (1 - age) * DAY_SECONDS)));
