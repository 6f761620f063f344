import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE } from "../src/contract/release.ts";
import { PutFileAnswer } from "./answers.ts";
import { type Client, parseAnswer } from "./client.ts";
import { CommandFailure } from "./outcome.ts";
import type { ReleaseFolder } from "./release-folder.ts";

/**
 * Uploads all files and then the manifest, against which the server checks them. Doing it again changes nothing.
 * @throws CommandFailure when the server refuses one, naming it
 */
export async function uploadRelease(client: Client, release: ReleaseFolder, onFile: (index: number, name: string) => void): Promise<void> {
	const names = [...release.files, MANIFEST_FILE];
	for (const [index, name] of names.entries()) {
		onFile(index, name);
		const path = `/admin/releases/${release.id}/${name}`;
		const body = readFileSync(join(release.path, name));
		const { bytes } = await client.send("PUT", path, { body, type: "application/octet-stream" });
		const { state } = parseAnswer(PutFileAnswer, `PUT ${path}`, bytes);
		if (name === MANIFEST_FILE && state !== "ready")
			throw new CommandFailure(`${release.id} is ${state} after its manifest; see "releases"`);
	}
}
