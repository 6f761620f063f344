/** Bytes of one shard. KV takes 25 MiB a value; R2 wants the parts of an upload equal, and 5 MiB at least. */
export const SHARD_BYTES = 10 * 1024 * 1024;

/**
 * Cuts a stream into pieces of equal size; the last may be shorter. An empty stream has no piece. A piece's memory is
 * used again: it is valid until the next one is asked for.
 */
export async function* shardsOf(body: AsyncIterable<Uint8Array>, shardBytes = SHARD_BYTES): AsyncGenerator<Uint8Array> {
	let shard = new Uint8Array(Math.min(shardBytes, 64 * 1024));
	let filled = 0;
	for await (const chunk of body) {
		for (let taken = 0; taken < chunk.byteLength; ) {
			const part = chunk.subarray(taken, taken + shardBytes - filled);
			if (filled + part.byteLength > shard.byteLength) shard = grown(shard, filled, Math.min(shardBytes, 2 * (filled + part.byteLength)));
			shard.set(part, filled);
			filled += part.byteLength;
			taken += part.byteLength;
			if (filled === shardBytes) {
				yield shard;
				filled = 0;
			}
		}
	}
	if (filled > 0) yield shard.subarray(0, filled);
}

function grown(bytes: Uint8Array, used: number, size: number): Uint8Array<ArrayBuffer> {
	const larger = new Uint8Array(size);
	larger.set(bytes.subarray(0, used));
	return larger;
}
