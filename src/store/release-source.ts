import * as v from "valibot";
import { Manifest, type ReleaseFile } from "../contract/release.ts";
import type { ReleaseSource } from "../pipeline/ports.ts";
import { createHash } from "./hash.ts";
import { readPointer } from "./pointer.ts";
import { bodyOf, partsOf, shardCountOf, shardOf } from "./release-shards.ts";

type FileRow = { readonly name: ReleaseFile; readonly bytes: number; readonly shards: number };

const FILES = "SELECT name, bytes, shards FROM release_files WHERE release = ?1 AND sha256 <> ''";

/** Releases as isolates load them: the registry in D1, the content in KV, all shards at once. */
export function createReleaseSource(db: D1Database, kv: KVNamespace): ReleaseSource {
	/** Of files that are whole in KV. */
	async function rowsOf(id: string): Promise<readonly FileRow[]> {
		const { results } = await db.prepare(FILES).bind(id).all<FileRow>();
		return results.filter(({ name, bytes, shards }) => shards >= shardCountOf(name, bytes));
	}
	async function fileOf(id: string, { name, bytes }: FileRow): Promise<Uint8Array | null> {
		const parts = await Promise.all(Array.from({ length: shardCountOf(name, bytes) }, (_, shard) => shardOf(kv, id, name, shard)));
		if (parts.length === 1 && parts[0] != null) return parts[0];
		const whole = new Uint8Array(bytes);
		let offset = 0;
		for (const part of parts) {
			if (part === null || offset + part.byteLength > bytes) return null;
			whole.set(part, offset);
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
		stored: (id) => ({
			async files(names) {
				const wanted = (await rowsOf(id)).filter(({ name }) => names.includes(name));
				const read = await Promise.all(wanted.map(async (row) => [row.name, await fileOf(id, row)] as const));
				return Object.fromEntries(read.filter(([, bytes]) => bytes !== null));
			},
			async open(name) {
				const row = (await rowsOf(id)).find((found) => found.name === name);
				if (row === undefined || row.bytes === 0) return null;
				const shards = shardCountOf(name, row.bytes);
				const hash = createHash();
				async function* hashed(): AsyncGenerator<Uint8Array> {
					for await (const chunk of bodyOf(kv, id, name, shards)) {
						await hash.add(chunk);
						yield chunk;
					}
				}
				return { body: hashed(), sha256: hash.end };
			},
			parts: (name, ranges) => partsOf(kv, id, name, ranges),
		}),
	};
}
