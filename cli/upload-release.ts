import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE } from "../src/contract/release.ts";
import { PutFileAnswer, ReleaseAnswer } from "./answers.ts";
import { AnswerFailure, type Client, parseAnswer } from "./client.ts";
import { CommandFailure } from "./outcome.ts";
import type { ReleaseFolder } from "./release-folder.ts";

/**
 * Uploads what the server lacks of a release, and then the manifest, against which it checks all files. A release that
 * the server holds whole is left alone, so that publishing it again disturbs nothing that serves.
 * @throws CommandFailure when the server refuses one, naming it
 */
export async function uploadRelease(client: Client, release: ReleaseFolder, onFile: (index: number, name: string) => void): Promise<void> {
	const held = await heldRelease(client, release.id);
	if (held?.state === "ready") return;
	const heldHashes = new Map(held?.files.map(({ name, sha256 }) => [name, sha256]));
	const hashes: Readonly<Record<string, { readonly sha256: string } | undefined>> = release.manifest.files;
	for (const [index, name] of [...release.files, MANIFEST_FILE].entries()) {
		if (name !== MANIFEST_FILE && heldHashes.get(name) === hashes[name]?.sha256) continue;
		onFile(index, name);
		const path = `/admin/releases/${release.id}/${name}`;
		const body = readFileSync(join(release.path, name));
		const { bytes } = await client.send("PUT", path, { body, type: "application/octet-stream" });
		const { state } = parseAnswer(PutFileAnswer, `PUT ${path}`, bytes);
		if (name === MANIFEST_FILE && state !== "ready")
			throw new CommandFailure(`${release.id} is ${state} after its manifest; see "releases"`);
	}
}

/** @returns null when the server has none of it, or when the token may not look */
async function heldRelease(client: Client, id: string): Promise<ReleaseAnswer | null> {
	try {
		return await client.call(ReleaseAnswer, "GET", `/admin/releases/${id}`);
	} catch (thrown) {
		if (thrown instanceof AnswerFailure && (thrown.status === 404 || thrown.code === "forbidden")) return null;
		throw thrown;
	}
}
