import type { ReleaseFiles } from "../retrain/ports.ts";
import { createHash } from "./hash.ts";
import { bodyOf, partsOf, putShard, shardBytesOf, shardCountOf, shardKey, wholeShards } from "./release-shards.ts";
import { shardsOf } from "./shards.ts";

const archiveKey = (id: string, name: string): string => `releases/${id}/${name}`;

/**
 * Files of releases: shards in KV, from which isolates load, and whole copies in R2, which stay when the shards go. One
 * shard is held in memory at a time.
 */
export function createReleaseFiles(kv: KVNamespace, bucket: R2Bucket): ReleaseFiles {
	return {
		async write(id, name, body, hold) {
			const hash = createHash();
			const archive = createArchiveWriter(bucket, archiveKey(id, name));
			let bytes = 0;
			let shards = 0;
			try {
				for await (const piece of shardsOf(body)) {
					await hash.add(piece);
					await hold(shards + shardCountOf(name, piece.byteLength));
					shards = await putShards(kv, id, name, piece, shards);
					await archive.add(piece);
					bytes += piece.byteLength;
				}
				await archive.complete();
			} catch (thrown) {
				hash.abort();
				await archive.abort();
				throw thrown;
			}
			return { name, sha256: await hash.end(), bytes, shards };
		},

		async sha256(body) {
			const hash = createHash();
			try {
				for await (const chunk of body) await hash.add(chunk);
			} catch (thrown) {
				hash.abort();
				throw thrown;
			}
			return hash.end();
		},

		async read(id, { name, bytes, shards }) {
			const needed = shardCountOf(name, bytes);
			// The last is written last and deleted first.
			const isHere = needed > 0 && shards >= needed && (await kv.get(shardKey(id, name, needed - 1), "stream")) !== null;
			if (!isHere) return (await bucket.get(archiveKey(id, name)))?.body ?? null;
			return streamOf(bodyOf(kv, id, name, needed));
		},

		parts: (id, name, ranges) => partsOf(kv, id, name, ranges),

		async digest(id, { name, bytes, shards }) {
			const needed = shardCountOf(name, bytes);
			if (needed === 0 || shards < needed) return null;
			const hash = createHash();
			let found = 0;
			for await (const content of wholeShards(kv, id, name, needed)) {
				if (content === null) {
					hash.abort();
					return null;
				}
				found += content.byteLength;
				await hash.add(content);
			}
			return { sha256: await hash.end(), bytes: found };
		},

		async restore(id, name, hold) {
			const object = await bucket.get(archiveKey(id, name));
			if (object === null) return null;
			await hold(shardCountOf(name, object.size));
			let shards = 0;
			for await (const piece of shardsOf(object.body)) shards = await putShards(kv, id, name, piece, shards);
			return shards;
		},

		async archive(id, name, text) {
			await bucket.put(archiveKey(id, name), text);
		},

		async removeShards(id, name, from, to) {
			await settled(Array.from({ length: to - from }, (_, n) => kv.delete(shardKey(id, name, from + n))));
		},
	};
}

/** Shards put at once: each is a request of its own. */
const PUTS_AT_ONCE = 16;

/** Stores a piece of a file from shard `first` on. @returns the shard that comes next */
async function putShards(kv: KVNamespace, id: string, name: string, piece: Uint8Array, first: number): Promise<number> {
	const size = shardBytesOf(name);
	const count = shardCountOf(name, piece.byteLength);
	for (let from = 0; from < count; from += PUTS_AT_ONCE) {
		const some = Array.from({ length: Math.min(PUTS_AT_ONCE, count - from) }, (_, n) => from + n);
		await settled(some.map((n) => putShard(kv, id, name, first + n, piece.subarray(n * size, (n + 1) * size))));
	}
	return first + count;
}

/** Waits for all, so that none is on its way any more when one has failed. @throws what the first of those threw */
async function settled(writes: readonly Promise<void>[]): Promise<void> {
	for (const result of await Promise.allSettled(writes)) if (result.status === "rejected") throw result.reason;
}

/** What a generator yields, each chunk when it is asked for. */
const streamOf = (chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> =>
	new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { done, value } = await chunks.next();
			if (done) controller.close();
			else controller.enqueue(value);
		},
	});

/** Writes an object of unknown length part by part. A first part is kept back, since an object of one part needs no upload in parts. */
function createArchiveWriter(bucket: R2Bucket, key: string) {
	let held: Uint8Array | null = null;
	let upload: R2MultipartUpload | null = null;
	const parts: R2UploadedPart[] = [];
	const send = async (target: R2MultipartUpload, part: Uint8Array) => {
		parts.push(await target.uploadPart(parts.length + 1, part));
	};
	return {
		async add(part: Uint8Array): Promise<void> {
			if (held === null && upload === null) {
				held = part.slice();
				return;
			}
			upload ??= await bucket.createMultipartUpload(key);
			if (held !== null) await send(upload, held);
			held = null;
			await send(upload, part);
		},
		async complete(): Promise<void> {
			if (upload === null) await bucket.put(key, held ?? new Uint8Array());
			else await upload.complete(parts);
		},
		/** Leaves what the key held before. */
		async abort(): Promise<void> {
			await upload?.abort().catch(() => {});
		},
	};
}
