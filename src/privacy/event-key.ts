import { importSigningKey } from "./recommendation-id.ts";

/** Bytes kept of the HMAC: 128 bit. */
const KEY_BYTES = 16;

/**
 * Event ids as they may be kept: an HMAC-SHA-256 of what the page sent, hex. It must give the same for a week, so that an
 * event that was sent twice counts once; the day's salt would not do.
 * @param secret SIGNING_KEY, 32 bytes
 */
export function createEventKeys(secret: Uint8Array): (id: string) => Promise<string> {
	const encoder = new TextEncoder();
	return async function eventKeyOf(id) {
		const key = await importSigningKey(secret);
		const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(`event\0${id}`)), 0, KEY_BYTES);
		return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
	};
}
