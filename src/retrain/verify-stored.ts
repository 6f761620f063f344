import type { Manifest, ReleaseFile } from "../contract/release.ts";
import { fail, type Result } from "../contract/result.ts";
import type { Refusal } from "./check-manifest.ts";
import type { ReleasePorts, ReleaseRow } from "./ports.ts";

/**
 * Holds every stored file against the manifest, mends from the archive what the shards have lost, and loads the release
 * as serving would.
 */
export async function verifyStored(
	{ files, rows, verify }: Pick<ReleasePorts, "files" | "rows" | "verify">,
	stored: ReleaseRow["files"],
	manifest: Manifest,
): Promise<Result<null, Refusal>> {
	const { id } = manifest;
	const shardsOf = new Map(stored.map(({ name, shards }) => [name, shards]));
	for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
		const stateWith = async (shards: number): Promise<"intact" | "damaged" | "missing"> => {
			const found = await files.digest(id, { name, bytes, shards });
			if (found === null) return "missing";
			return found.sha256 === sha256 && found.bytes === bytes ? "intact" : "damaged";
		};
		let state = await stateWith(shardsOf.get(name) ?? 0);
		const restored = state === "intact" ? null : await files.restore(id, name, (shards) => rows.shardsHeld(id, name, shards));
		if (restored !== null) {
			shardsOf.set(name, restored);
			state = await stateWith(restored);
			if (state === "intact") await rows.fileStored(id, { name, sha256, bytes, shards: restored });
		}
		if (state === "missing") return fail({ file: name, message: "is not in the store" });
		if (state === "damaged") return fail({ file: name, message: "is stored damaged: its bytes or hash are not those of the manifest" });
	}
	const read = (name: ReleaseFile) => files.read(id, { name, bytes: manifest.files[name]?.bytes ?? 0, shards: shardsOf.get(name) ?? 0 });
	return verify(manifest, {
		async files(names) {
			const found: Partial<Record<ReleaseFile, Uint8Array>> = {};
			for (const name of names) {
				const content = await read(name);
				if (content !== null) found[name] = await bytesOf(content);
			}
			return found;
		},
		async open(name) {
			const body = await read(name);
			return body === null ? null : { body, sha256: null };
		},
		parts: (name, ranges) => files.parts(id, name, ranges),
	});
}

/** All bytes of a stream. */
export const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> =>
	new Uint8Array(await new Response(stream).arrayBuffer());
