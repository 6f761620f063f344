import { type ByteRange, PAGED_SHARD_BYTES, type PagedFile } from "../contract/release.ts";
import { fromBase64 } from "./base64.ts";
import { SHARD_BYTES } from "./shards.ts";

/** Shards of a paged file read in one call, of which KV takes 100. The answer is held whole: 1.4 MB of text at most. */
const SHARDS_AT_ONCE = 64;
/** Time for which a location's cache may answer for a shard, seconds: KV's own default, since a miss may be cached too. */
const CACHE_SECONDS = 60;

/** Many values can be read in one call only as text: the shards of a paged file are base64. */
const isPaged = (name: string): boolean => name === ("links.bin" satisfies PagedFile);

/** KV key of one shard. */
export const shardKey = (id: string, name: string, shard: number): string => `release/${id}/${name}/${shard}`;

/** Bytes of each shard of a file but the last; a divisor of SHARD_BYTES. */
export const shardBytesOf = (name: string): number => (isPaged(name) ? PAGED_SHARD_BYTES : SHARD_BYTES);

/** Shards that hold a file of so many bytes, or a piece of it that ends where a shard does. */
export const shardCountOf = (name: string, bytes: number): number => Math.ceil(bytes / shardBytesOf(name));

/** Stores one shard. */
export const putShard = (kv: KVNamespace, id: string, name: string, shard: number, bytes: Uint8Array): Promise<void> =>
	kv.put(shardKey(id, name, shard), isPaged(name) ? bytes.toBase64() : bytes);

/** One shard. @returns null when it is not there or not what was stored */
export async function shardOf(kv: KVNamespace, id: string, name: string, shard: number): Promise<Uint8Array | null> {
	const key = shardKey(id, name, shard);
	if (isPaged(name)) return bytesIn(await kv.get(key, { type: "text", cacheTtl: CACHE_SECONDS }), 0, PAGED_SHARD_BYTES);
	const content = await kv.get(key, { type: "arrayBuffer", cacheTtl: CACHE_SECONDS });
	return content === null ? null : new Uint8Array(content);
}

/** A file's bytes as they come, its shards one after another. A missing one breaks it off with an error. */
export async function* bodyOf(kv: KVNamespace, id: string, name: string, shards: number): AsyncGenerator<Uint8Array> {
	if (isPaged(name)) {
		let shard = 0;
		for await (const content of wholeShards(kv, id, name, shards)) {
			if (content === null) throw new Error(`Shard ${shard} of ${name} is missing or damaged`);
			yield content;
			shard++;
		}
		return;
	}
	for (let shard = 0; shard < shards; shard++) {
		const content = await kv.get(shardKey(id, name, shard), { type: "stream", cacheTtl: CACHE_SECONDS });
		if (content === null) throw new Error(`Shard ${shard} of ${name} is missing`);
		yield* content as ReadableStream<Uint8Array>;
	}
}

/** A file's shards in order; null for each that is not there or not what was stored. */
export async function* wholeShards(kv: KVNamespace, id: string, name: string, shards: number): AsyncGenerator<Uint8Array | null> {
	if (!isPaged(name)) {
		for (let shard = 0; shard < shards; shard++) yield await shardOf(kv, id, name, shard);
		return;
	}
	for (let first = 0; first < shards; first += SHARDS_AT_ONCE) {
		const some = Array.from({ length: Math.min(SHARDS_AT_ONCE, shards - first) }, (_, n) => first + n);
		const texts = await textsOf(kv, id, name, some);
		for (const shard of some) yield bytesIn(texts.get(shard), 0, PAGED_SHARD_BYTES);
	}
}

/**
 * Parts of a paged file. Each shard that a range touches is read once, SHARDS_AT_ONCE in a call and one call after another. Of
 * a shard only what was asked for is decoded, and nothing is held against a hash: a file is, before its release serves.
 * @param ranges in any order, also over one another; an empty one touches the shard that it lies in
 * @returns of each range, in their order, its bytes: fewer, or none, where the last shard that it touches ends before the range
 *   does, as the file's last shard may; null when a shard that it touches is not there, is no base64 where it is read, or is
 *   short and not the last of them. Hence also for a range that goes on beyond the file's last shard
 */
export async function partsOf(kv: KVNamespace, id: string, name: PagedFile, ranges: readonly ByteRange[]): Promise<(Uint8Array | null)[]> {
	const shardsUnder = ([from, to]: ByteRange): number[] => {
		const first = Math.floor(from / PAGED_SHARD_BYTES);
		return Array.from({ length: Math.max(1, Math.ceil(to / PAGED_SHARD_BYTES) - first) }, (_, n) => first + n);
	};
	const wanted = [...new Set(ranges.flatMap(shardsUnder))];
	const texts = new Map<number, string | null>();
	for (let from = 0; from < wanted.length; from += SHARDS_AT_ONCE)
		for (const [shard, text] of await textsOf(kv, id, name, wanted.slice(from, from + SHARDS_AT_ONCE))) texts.set(shard, text);
	return ranges.map((range) => {
		const [from, to] = range;
		const pieces: Uint8Array[] = [];
		for (const shard of shardsUnder(range)) {
			// One that is short is the file's last.
			if (pieces.length > 0 && shard * PAGED_SHARD_BYTES !== from + sumOf(pieces)) return null;
			const start = shard * PAGED_SHARD_BYTES;
			const piece = bytesIn(texts.get(shard), Math.max(0, from - start), Math.min(PAGED_SHARD_BYTES, to - start));
			if (piece === null) return null;
			pieces.push(piece);
		}
		return joined(pieces);
	});
}

/** The texts of shards by their number; null for each that is not there. */
async function textsOf(kv: KVNamespace, id: string, name: string, shards: readonly number[]): Promise<Map<number, string | null>> {
	const keys = shards.map((shard) => shardKey(id, name, shard));
	const found = await kv.get(keys, { type: "text", cacheTtl: CACHE_SECONDS });
	return new Map(shards.map((shard, n) => [shard, found.get(keys[n] as string) ?? null]));
}

const bytesIn = (text: string | null | undefined, from: number, to: number): Uint8Array | null =>
	text == null ? null : fromBase64(text, from, to);

const sumOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

function joined(pieces: readonly Uint8Array[]): Uint8Array {
	const [only] = pieces;
	if (pieces.length === 1 && only !== undefined) return only;
	const bytes = new Uint8Array(sumOf(pieces));
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.byteLength;
	}
	return bytes;
}
