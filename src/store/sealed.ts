import { fail, ok, type Result } from "../contract/result.ts";

/** Keys of the log by id; `current` encrypts, all decrypt. Each has 32 bytes. */
export type LogKeys = { readonly current: string; readonly keys: Readonly<Record<string, Uint8Array>> };

const MAGIC = new TextEncoder().encode("ESL1");
const IV_BYTES = 12;

/**
 * JSON values as one encrypted object: NDJSON, gzipped, under AES-256-GCM with a random 96-bit IV.
 *
 * Layout: "ESL1" | u8 n | n bytes key id | 12 bytes IV | ciphertext and tag. The header before the IV and the object's
 * name are authenticated, so that neither the key id can be changed nor one object put in another's place.
 * @param name the object's R2 key
 * @see NIST SP 800-38D, 8.2.2: random IVs hold for 2^32 objects a key
 */
export async function seal(keys: LogKeys, name: string, values: readonly unknown[]): Promise<Uint8Array<ArrayBuffer>> {
	const header = headerOf(keys.current);
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	const key = await importKey(keys, keys.current, "encrypt");
	if (key === null) throw new Error(`LOG_KEYS lacks its current key ${keys.current}`);
	const plain = await gzip(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
	const sealed = await crypto.subtle.encrypt(
		{ name: "AES-GCM", iv, additionalData: concat(header, new TextEncoder().encode(name)) },
		key,
		plain,
	);
	return concat(header, iv, new Uint8Array(sealed));
}

/** @returns the values, or why they cannot be read, in words that follow the object's name */
export async function unseal(keys: LogKeys, name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Result<unknown[], string>> {
	const keyIdEnd = MAGIC.length + 1 + (sealed[MAGIC.length] ?? 0);
	const ivEnd = keyIdEnd + IV_BYTES;
	if (MAGIC.some((byte, i) => sealed[i] !== byte) || sealed.length < ivEnd) return fail("is not an encrypted log object");
	const keyId = new TextDecoder().decode(sealed.subarray(MAGIC.length + 1, keyIdEnd));
	const key = await importKey(keys, keyId, "decrypt");
	if (key === null) return fail(`is encrypted under the key ${JSON.stringify(keyId)}, which LOG_KEYS does not hold`);
	const additionalData = concat(sealed.subarray(0, keyIdEnd), new TextEncoder().encode(name));
	try {
		const plain = await crypto.subtle.decrypt(
			{ name: "AES-GCM", iv: sealed.subarray(keyIdEnd, ivEnd), additionalData },
			key,
			sealed.subarray(ivEnd),
		);
		return ok(parseLines(await gunzip(plain)));
	} catch {
		return fail("was altered, or the key of its id is another one");
	}
}

function headerOf(keyId: string): Uint8Array<ArrayBuffer> {
	const id = new TextEncoder().encode(keyId);
	return concat(MAGIC, Uint8Array.of(id.length), id);
}

async function importKey({ keys }: LogKeys, id: string, usage: "encrypt" | "decrypt"): Promise<CryptoKey | null> {
	const bytes = Object.hasOwn(keys, id) ? keys[id] : undefined;
	return bytes === undefined ? null : crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, [usage]);
}

const parseLines = (ndjson: string): unknown[] =>
	ndjson
		.split("\n")
		.filter((line) => line !== "")
		.map((line): unknown => JSON.parse(line));

const gzip = (text: string): Promise<ArrayBuffer> =>
	new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

const gunzip = (bytes: ArrayBuffer): Promise<string> =>
	new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.byteLength;
	}
	return whole;
}
