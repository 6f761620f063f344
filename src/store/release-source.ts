import * as v from "valibot";
import { Manifest, type ReleaseFile } from "../contract/release.ts";
import type { ReleaseSource } from "../pipeline/ports.ts";
import { readPointer } from "./pointer.ts";
import { shardKey } from "./release-files.ts";

/** Time for which a location's cache may answer for a shard, seconds: KV's own default, since a miss may be cached too. */
const SHARD_CACHE_SECONDS = 60;

type FileRow = { readonly name: ReleaseFile; readonly bytes: number; readonly shards: number };

/** Releases as isolates load them: the registry in D1, the content in KV, all shards at once. */
export function createReleaseSource(db: D1Database, kv: KVNamespace): ReleaseSource {
	async function fileOf(id: string, { name, bytes, shards }: FileRow): Promise<Uint8Array | null> {
		const read = (shard: number) => kv.get(shardKey(id, name, shard), { type: "arrayBuffer", cacheTtl: SHARD_CACHE_SECONDS });
		const parts = await Promise.all(Array.from({ length: shards }, (_, shard) => read(shard)));
		if (parts.length === 1 && parts[0] != null) return new Uint8Array(parts[0]);
		const whole = new Uint8Array(bytes);
		let offset = 0;
		for (const part of parts) {
			if (part === null || offset + part.byteLength > bytes) return null;
			whole.set(new Uint8Array(part), offset);
			offset += part.byteLength;
		}
		return offset === bytes ? whole : null;
	}

	return {
		pointer: () => readPointer(db),
		async manifest(id) {
			const row = await db
				.prepare("SELECT manifest FROM releases WHERE id = ?1 AND state = 'ready'")
				.bind(id)
				.first<{ manifest: string | null }>();
			const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), row?.manifest);
			return parsed.success ? parsed.output : null;
		},
		async files(id, names) {
			const { results } = await db.prepare("SELECT name, bytes, shards FROM release_files WHERE release = ?1").bind(id).all<FileRow>();
			const wanted = results.filter(({ name }) => names.includes(name));
			const read = await Promise.all(wanted.map(async (row) => [row.name, await fileOf(id, row)] as const));
			return Object.fromEntries(read.filter(([, bytes]) => bytes !== null));
		},
	};
}
