import { keyedHash } from "./keyed-hash.ts";

/** Bytes kept of the HMAC: 128 bit. */
const KEY_BYTES = 16;

/**
 * Event ids as they may be kept: an HMAC-SHA-256 of what the page sent, hex. It must give the same for a week, so that an
 * event that was sent twice counts once; the day's salt would not do.
 * @param secret SIGNING_KEY, 32 bytes
 */
export function createEventKeys(secret: Uint8Array): (id: string) => Promise<string> {
	return (id) => keyedHash(secret, `event\0${id}`, KEY_BYTES);
}
