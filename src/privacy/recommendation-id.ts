import type { RecommendationFields } from "../contract/candidate.ts";
import { fail, ok, type Result } from "../contract/result.ts";

/** Bytes kept of the HMAC-SHA-256: 128 bit. */
const SIGNATURE_BYTES = 16;
/** Layout of the signed text: version, release, policy, surface, seed and time, the last two in base 36. */
const SIGNED = /^1\.([\w-]*)\.([\w-]+)\.([\w-]+)\.([0-9a-z]{1,7})\.([0-9a-z]{1,8})$/;

const encoder = new TextEncoder();

/** @param secret SIGNING_KEY, 32 bytes */
export const importSigningKey = (secret: Uint8Array): Promise<CryptoKey> =>
	crypto.subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** @returns base64url of the text and its signature, about 100 characters */
export async function signRecommendationId(key: CryptoKey, fields: RecommendationFields): Promise<string> {
	const { release, policy, surface, seed, at } = fields;
	const text = encoder.encode(`1.${release ?? ""}.${policy}.${surface}.${seed.toString(36)}.${at.toString(36)}`);
	const signed = new Uint8Array(text.length + SIGNATURE_BYTES);
	signed.set(text);
	signed.set(await signatureOf(key, text), text.length);
	return btoa(String.fromCharCode(...signed))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

/** @returns the fields, or `invalid` for whatever was not signed with this key */
export async function readRecommendationId(key: CryptoKey, id: string): Promise<Result<RecommendationFields, "invalid">> {
	const bytes = bytesOf(id);
	if (bytes === null || bytes.length <= SIGNATURE_BYTES) return fail("invalid");
	const text = bytes.subarray(0, -SIGNATURE_BYTES);
	const expected = await signatureOf(key, text);
	let difference = 0;
	for (let i = 0; i < SIGNATURE_BYTES; i++) difference |= (expected[i] as number) ^ (bytes[text.length + i] as number);
	const [, release, policy, surface, seed, at] = SIGNED.exec(new TextDecoder().decode(text)) ?? [];
	if (difference !== 0 || release === undefined || policy === undefined || surface === undefined) return fail("invalid");
	return ok({
		release: release === "" ? null : release,
		policy,
		surface,
		seed: Number.parseInt(seed as string, 36),
		at: Number.parseInt(at as string, 36),
	});
}

async function signatureOf(key: CryptoKey, text: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.sign("HMAC", key, new Uint8Array(text)), 0, SIGNATURE_BYTES);
}

/** Only the canonical spelling is read: trailing bits that base64 ignores would be a second name for one id. */
function bytesOf(id: string): Uint8Array | null {
	if (!/^[\w-]{1,512}$/.test(id)) return null;
	try {
		const binary = atob(id.replaceAll("-", "+").replaceAll("_", "/"));
		const canonical = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
		return canonical === id ? Uint8Array.from(binary, (c) => c.charCodeAt(0)) : null;
	} catch {
		return null;
	}
}
