import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHashOf, sha256Of } from "../../cli/release-folder.ts";
import { requiredFiles } from "../../src/contract/release.ts";

/** Writes a folder that has a release's shape: every required file, small, and a manifest that fits them. @returns its id */
export function writeReleaseFiles(folder: string, seed = "one"): string {
	mkdirSync(folder, { recursive: true });
	const files: Record<string, { sha256: string; bytes: number }> = {};
	for (const name of requiredFiles("rows")) {
		const content = Buffer.from(`${name} of ${seed}`);
		writeFileSync(join(folder, name), content);
		files[name] = { sha256: sha256Of(content), bytes: content.byteLength };
	}
	const id = `20261124T000000Z-${contentHashOf(Object.entries(files).map(([name, { sha256 }]) => [name, sha256]))}`;
	const manifest = {
		format: 1,
		id,
		createdAt: 1_795_000_000,
		files,
		encoder: { length: 50, dim: 64, queries: 1, quantisation: "int8" },
		items: { count: 10, dim: 64, quantisation: "int8" },
		kPair: 3,
		trainedOn: {
			source: "events",
			boundary: "refit",
			splitHash: "s",
			events: 0,
			sessions: 0,
			firstEventAt: null,
			lastEventAt: null,
			catalogueVersion: 1,
		},
		metrics: { protocol: {}, tune: null, refit: null },
		privacy: { kPair: 3, differentialPrivacy: null },
		training: {},
	};
	writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
	return id;
}
