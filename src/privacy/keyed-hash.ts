/** Keys by their secret, as long as somebody holds it: a day's salt is used for a whole day. */
const keys = new WeakMap<Uint8Array, CryptoKey>();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const encoder = new TextEncoder();

/**
 * HMAC-SHA-256 of a text, cut and as hex.
 * @param secret 32 bytes
 * @param text   begins with the name of what it is for, so that no hash can pose as one of another kind
 * @param bytes  kept of the 32
 */
export async function keyedHash(secret: Uint8Array, text: string, bytes: number): Promise<string> {
	let key = keys.get(secret);
	if (key === undefined) {
		key = await crypto.subtle.importKey("raw", secret as Uint8Array<ArrayBuffer>, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
		keys.set(secret, key);
	}
	const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)), 0, bytes);
	let hex = "";
	for (const byte of mac) hex += HEX[byte];
	return hex;
}
