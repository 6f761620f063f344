import type { ReleaseFile } from "../contract/release.ts";
import { SHARD_BYTES } from "./shards.ts";

/** Shards of a file that is read page by page: a request waits for some dozen of them, and holds them for a moment. */
const PAGED_SHARD_BYTES = 64 * 1024;
/** Time for which a location's cache may answer for a shard, seconds: KV's own default, since a miss may be cached too. */
const CACHE_SECONDS = 60;

/** KV key of one shard. */
export const shardKey = (id: string, name: string, shard: number): string => `release/${id}/${name}/${shard}`;

/** Bytes of each shard of a file but the last; a divisor of SHARD_BYTES. */
export const shardBytesOf = (name: string): number => (name === ("links.bin" satisfies ReleaseFile) ? PAGED_SHARD_BYTES : SHARD_BYTES);

/** A file's bytes as they come, its shards one after another. A missing one breaks it off with an error. */
export async function* bodyOf(kv: KVNamespace, id: string, name: string, shards: number): AsyncGenerator<Uint8Array> {
	for (let shard = 0; shard < shards; shard++) {
		const content = await kv.get(shardKey(id, name, shard), { type: "stream", cacheTtl: CACHE_SECONDS });
		if (content === null) throw new Error(`Shard ${shard} of ${name} is missing`);
		yield* content as ReadableStream<Uint8Array>;
	}
}

/** One shard. @returns null when it is not there */
export const shardOf = (kv: KVNamespace, id: string, name: string, shard: number): Promise<ArrayBuffer | null> =>
	kv.get(shardKey(id, name, shard), { type: "arrayBuffer", cacheTtl: CACHE_SECONDS });

/** Bytes `from` to `to - 1` of a file, or as many as there are. @returns null when one of its shards is not there */
export async function rangeOf(kv: KVNamespace, id: string, name: string, from: number, to: number): Promise<Uint8Array | null> {
	const size = shardBytesOf(name);
	const first = Math.floor(from / size);
	const wanted = Array.from({ length: Math.max(1, Math.ceil(to / size) - first) }, (_, n) => shardOf(kv, id, name, first + n));
	const parts = await Promise.all(wanted);
	// What ends before `to` has fewer shards.
	const held = parts.slice(0, parts.findIndex((part) => part === null || part.byteLength < size) + 1 || parts.length);
	const [start] = held;
	if (start == null) return null;
	if (held.length === 1) return new Uint8Array(start).subarray(from - first * size, to - first * size);
	const joined = new Uint8Array(held.reduce((sum, part) => sum + (part?.byteLength ?? 0), 0));
	let at = 0;
	for (const part of held) {
		if (part === null) continue;
		joined.set(new Uint8Array(part), at);
		at += part.byteLength;
	}
	return joined.subarray(from - first * size, to - first * size);
}
