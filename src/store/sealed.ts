import { fail, ok, type Result } from "../contract/result.ts";

/** Master keys of the log by id; `current` wraps, all unwrap. Each has 32 bytes. */
export type LogKeys = { readonly current: string; readonly keys: Readonly<Record<string, Uint8Array>> };

const encoder = new TextEncoder();
const MAGIC = encoder.encode("ESL2");
/** The layout before data keys: objects of it are read, and written anew by `rewrap`. */
const MAGIC_DIRECT = encoder.encode("ESL1");
const IV_BYTES = 12;
const DATA_KEY_BYTES = 32;
/** A wrapped data key: IV, key and tag. */
const WRAPPED_BYTES = IV_BYTES + DATA_KEY_BYTES + 16;

/**
 * JSON values as one encrypted object: NDJSON, gzipped, under AES-256-GCM with a data key of its own, which is wrapped
 * under the current master key.
 *
 * Layout: "ESL2" | u8 n | n bytes key id | 12 bytes IV, wrapped data key and tag | 12 bytes IV | ciphertext and tag. The
 * master key's id is authenticated with the wrapped key, and the object's name with both, so that neither the id can be
 * changed nor one object put in another's place.
 * @param name the object's R2 key
 * @see NIST SP 800-38D, 8.2.2: random IVs hold for 2^32 objects a key; a data key has one
 */
export async function seal(keys: LogKeys, name: string, values: readonly unknown[]): Promise<Uint8Array<ArrayBuffer>> {
	const dataKey = crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES));
	const plain = await gzip(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
	const content = await encrypt(await importKey(dataKey, "encrypt"), bodyLabel(name), plain);
	return concat(await wrap(keys, name, dataKey), content);
}

/** @returns the values, or why they cannot be read, in words that follow the object's name */
export async function unseal(keys: LogKeys, name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Result<unknown[], string>> {
	const parts = partsOf(sealed);
	if (parts === null) return fail("is not an encrypted log object");
	const master = masterKey(keys, parts.keyId);
	if (master === null) return fail(`is encrypted under the key ${JSON.stringify(parts.keyId)}, which LOG_KEYS does not hold`);
	try {
		const plain =
			parts.wrapped === null
				? await decrypt(await importKey(master, "decrypt"), concat(parts.header, encoder.encode(name)), parts.content)
				: await decrypt(await importKey(await unwrap(master, parts, name), "decrypt"), bodyLabel(name), parts.content);
		return ok(parseLines(await gunzip(plain)));
	} catch {
		return fail("was altered, or the key of its id is another one");
	}
}

/**
 * The object under the current master key. Only the wrapped data key is another one: the content is not decrypted.
 * @returns null when it is under that key already; or why it cannot be read
 */
export async function rewrap(
	keys: LogKeys,
	name: string,
	sealed: Uint8Array<ArrayBuffer>,
): Promise<Result<Uint8Array<ArrayBuffer> | null, string>> {
	const parts = partsOf(sealed);
	if (parts === null || parts.wrapped === null) {
		const opened = await unseal(keys, name, sealed);
		return opened.ok ? ok(await seal(keys, name, opened.value)) : opened;
	}
	if (parts.keyId === keys.current) return ok(null);
	const master = masterKey(keys, parts.keyId);
	if (master === null) return fail(`is encrypted under the key ${JSON.stringify(parts.keyId)}, which LOG_KEYS does not hold`);
	try {
		return ok(concat(await wrap(keys, name, await unwrap(master, parts, name)), parts.content));
	} catch {
		return fail("was altered, or the key of its id is another one");
	}
}

/** Named by neither runtime alone: the Worker and commands in Node both seal and unseal. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

type Parts = {
	readonly keyId: string;
	/** What stands before the first IV. */
	readonly header: Uint8Array<ArrayBuffer>;
	/** null: the content is under the master key itself. */
	readonly wrapped: Uint8Array<ArrayBuffer> | null;
	/** IV, ciphertext and tag. */
	readonly content: Uint8Array<ArrayBuffer>;
};

function partsOf(sealed: Uint8Array<ArrayBuffer>): Parts | null {
	const begins = (magic: Uint8Array) => magic.every((byte, i) => sealed[i] === byte);
	const direct = begins(MAGIC_DIRECT);
	if (!direct && !begins(MAGIC)) return null;
	const headerEnd = MAGIC.length + 1 + (sealed[MAGIC.length] ?? 0);
	const contentStart = headerEnd + (direct ? 0 : WRAPPED_BYTES);
	if (sealed.length < contentStart + IV_BYTES) return null;
	return {
		keyId: new TextDecoder().decode(sealed.subarray(MAGIC.length + 1, headerEnd)),
		header: sealed.slice(0, headerEnd),
		wrapped: direct ? null : sealed.slice(headerEnd, contentStart),
		content: sealed.slice(contentStart),
	};
}

/** Header and wrapped data key. */
async function wrap(keys: LogKeys, name: string, dataKey: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
	const master = masterKey(keys, keys.current);
	if (master === null) throw new Error(`LOG_KEYS lacks its current key ${keys.current}`);
	const id = encoder.encode(keys.current);
	const header = concat(MAGIC, Uint8Array.of(id.length), id);
	return concat(header, await encrypt(await importKey(master, "encrypt"), concat(header, encoder.encode(name)), dataKey));
}

const unwrap = async (master: Uint8Array, { header, wrapped }: Parts, name: string): Promise<Uint8Array<ArrayBuffer>> =>
	new Uint8Array(await decrypt(await importKey(master, "decrypt"), concat(header, encoder.encode(name)), wrapped ?? new Uint8Array()));

const bodyLabel = (name: string): Uint8Array<ArrayBuffer> => concat(MAGIC, encoder.encode(name));

const masterKey = ({ keys }: LogKeys, id: string): Uint8Array | null => (Object.hasOwn(keys, id) ? (keys[id] ?? null) : null);

const importKey = (bytes: Uint8Array, usage: "encrypt" | "decrypt"): Promise<Key> =>
	crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, [usage]);

async function encrypt(
	key: Key,
	label: Uint8Array<ArrayBuffer>,
	plain: Uint8Array<ArrayBuffer> | ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
	return concat(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: label }, key, plain)));
}

const decrypt = (key: Key, label: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> =>
	crypto.subtle.decrypt({ name: "AES-GCM", iv: content.subarray(0, IV_BYTES), additionalData: label }, key, content.subarray(IV_BYTES));

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
