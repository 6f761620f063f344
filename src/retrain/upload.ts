import { type Failure, RequestFailure } from "../contract/errors.ts";
import { MANIFEST_FILE, type ReleaseFile } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import { checkManifest, type Refusal } from "./check-manifest.ts";
import type { ReleasePorts, ReleaseState } from "./ports.ts";

/** Longest manifest, bytes. */
export const MANIFEST_MAX_BYTES = 1024 * 1024;

type Uploaded = Result<{ readonly state: ReleaseState }, Failure>;
type Ports = Pick<ReleasePorts, "rows" | "files" | "terms">;

/** Takes one file. A complete release is immutable: its files can be sent again, but not changed. */
export async function putFile(
	{ rows, files }: Ports,
	id: string,
	name: ReleaseFile,
	body: AsyncIterable<Uint8Array>,
	now: number,
): Promise<Uploaded> {
	const row = await rows.get(id);
	if (row?.state === "ready") {
		const stored = row.files.find((file) => file.name === name);
		return stored?.sha256 === (await files.sha256(body)) ? ok({ state: "ready" }) : conflictWith(id, name);
	}
	await rows.fileBegun(id, name, now);
	await rows.fileStored(id, await files.write(id, name, body, (shards) => rows.shardsHeld(id, name, shards)));
	return ok({ state: "uploading" });
}

/** Takes the manifest: the release is complete, or refused by the name of a file. */
export async function putManifest(
	{ rows, files, terms }: Ports,
	id: string,
	body: AsyncIterable<Uint8Array>,
	now: number,
): Promise<Uploaded> {
	const row = await rows.get(id);
	const text = await textOf(body);
	if (row?.state === "ready") return row.manifestText === text ? ok({ state: "ready" }) : conflictWith(id, MANIFEST_FILE);
	const refuse = async ({ file, message }: Refusal) => {
		await rows.refused(id, `${file} ${message}`, now);
		return fail({ kind: "release_refused", file, message } as const);
	};
	if (text === null) return refuse({ file: MANIFEST_FILE, message: "is not text in UTF-8" });
	const checked = await checkManifest(id, text, row?.files ?? [], terms);
	if (!checked.ok) return refuse(checked.error);
	await files.archive(id, MANIFEST_FILE, text);
	await rows.ready(id, text, now);
	return ok({ state: "ready" });
}

const conflictWith = (id: string, name: string) =>
	fail({ kind: "conflict", message: `Release ${id} is complete, and its ${name} is another one.` } as const);

/** @returns null when the bytes are not UTF-8 @throws RequestFailure `body_too_large` */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | null> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.byteLength;
		if (bytes > MANIFEST_MAX_BYTES) throw new RequestFailure({ kind: "body_too_large", maxBytes: MANIFEST_MAX_BYTES });
		chunks.push(chunk.slice());
	}
	try {
		// The text is kept as it came, a byte order mark included.
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await new Blob(chunks).arrayBuffer());
	} catch {
		return null;
	}
}
