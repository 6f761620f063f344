import type { ReleaseFiles } from "../retrain/ports.ts";
import { shardsOf } from "./shards.ts";

/** KV key of one shard. */
export const shardKey = (id: string, name: string, shard: number): string => `release/${id}/${name}/${shard}`;
const archiveKey = (id: string, name: string): string => `releases/${id}/${name}`;

/**
 * Files of releases: shards in KV, from which isolates load, and whole copies in R2, which stay when the shards go. One
 * shard is held in memory at a time.
 */
export function createReleaseFiles(kv: KVNamespace, bucket: R2Bucket): ReleaseFiles {
	return {
		async write(id, name, body) {
			const hash = createHash();
			const archive = createArchiveWriter(bucket, archiveKey(id, name));
			let bytes = 0;
			let shards = 0;
			try {
				for await (const shard of shardsOf(body)) {
					await hash.add(shard);
					await kv.put(shardKey(id, name, shards), shard);
					await archive.add(shard);
					bytes += shard.byteLength;
					shards++;
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

		async read(id, name, shards) {
			const first = shards === 0 ? null : await kv.get(shardKey(id, name, 0), "arrayBuffer");
			if (first === null) return (await bucket.get(archiveKey(id, name)))?.body ?? null;
			return streamOf(kv, id, name, shards, first);
		},

		async digest(id, name, shards) {
			if (shards === 0) return null;
			const hash = createHash();
			let bytes = 0;
			for (let shard = 0; shard < shards; shard++) {
				const content = await kv.get(shardKey(id, name, shard), "arrayBuffer");
				if (content === null) {
					hash.abort();
					return null;
				}
				bytes += content.byteLength;
				await hash.add(new Uint8Array(content));
			}
			return { sha256: await hash.end(), bytes };
		},

		async restore(id, name) {
			const object = await bucket.get(archiveKey(id, name));
			if (object === null) return null;
			let shards = 0;
			for await (const shard of shardsOf(object.body)) await kv.put(shardKey(id, name, shards++), shard);
			return shards;
		},

		async archive(id, name, text) {
			await bucket.put(archiveKey(id, name), text);
		},

		async removeShards(id, name, shards) {
			for (let shard = 0; shard < shards; shard++) await kv.delete(shardKey(id, name, shard));
		},
	};
}

/** The shards one after another, each read when it is asked for. A missing one breaks the stream off. */
function streamOf(kv: KVNamespace, id: string, name: string, shards: number, first: ArrayBuffer): ReadableStream<Uint8Array> {
	let next = 0;
	return new ReadableStream<Uint8Array>({
		async pull(controller) {
			const content = next === 0 ? first : await kv.get(shardKey(id, name, next), "arrayBuffer");
			if (content === null) return controller.error(new Error(`Shard ${next} of ${name} is missing`));
			controller.enqueue(new Uint8Array(content));
			next++;
			if (next === shards) controller.close();
		},
	});
}

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

/** SHA-256 piece by piece: `crypto.subtle` would want the whole file at once. */
function createHash() {
	const stream = new crypto.DigestStream("SHA-256");
	const writer = stream.getWriter();
	return {
		add: (bytes: Uint8Array): Promise<void> => writer.write(bytes),
		/** @returns hex */
		async end(): Promise<string> {
			await writer.close();
			return Array.from(new Uint8Array(await stream.digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
		},
		abort(): void {
			stream.digest.catch(() => {});
			writer.abort().catch(() => {});
		},
	};
}
