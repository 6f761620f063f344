import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient } from "../../cli/client.ts";
import { contentHashOf, readReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import { uploadRelease } from "../../cli/upload-release.ts";

const DEMO_RELEASE = resolve(import.meta.dirname, "../../models/demo");

/**
 * Uploads a release beside the demo's: the same model, its popular lists written another way, and other figures said of it.
 * @param ndcg what its manifest says
 * @returns its id
 */
export async function uploadSecondRelease(origin: string, token: string, ndcg: number): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), "edgeshelf-release-"));
	try {
		cpSync(DEMO_RELEASE, folder, { recursive: true });
		const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
		const popular = `${readFileSync(join(folder, "popular.json"), "utf8").trimEnd()}\n\n`;
		writeFileSync(join(folder, "popular.json"), popular);
		manifest.files["popular.json"] = { sha256: sha256Of(Buffer.from(popular)), bytes: Buffer.byteLength(popular) };
		const files = Object.entries(manifest.files as Record<string, { sha256: string }>);
		manifest.id = `20261124T150000Z-${contentHashOf(files.map(([name, { sha256 }]) => [name, sha256]))}`;
		manifest.createdAt += 3600;
		manifest.metrics.tune.fused["ndcg@10"] = ndcg;
		writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
		await uploadRelease(createClient(origin, { token }), readReleaseFolder(folder), () => undefined);
		return manifest.id;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
