import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { startTrainer, trainerArguments } from "../cli/trainer.ts";
import { Manifest } from "../src/contract/release.ts";
import { filesOf, loadRelease } from "../src/pipeline/load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "../src/pipeline/overlaid-release.ts";
import { createPlainSpace } from "../src/pipeline/plain-space.ts";

/** For benches that read no encoder: a small one, fitted and measured on little, is enough for a whole release. */
const SETTINGS = {
	towers: 1,
	dim: 16,
	heads: 1,
	blocks: 1,
	hidden: 32,
	length: 20,
	cooccurrence_dim: 16,
	content_dim: 16,
	epochs: 1,
	batch_targets: 8192,
	max_minutes: 1,
	negatives: 300,
	fusion_cases: 500,
	validation_cases: 300,
	tail_cases: 500,
	test_cases: 500,
	bootstrap_samples: 100,
};

/**
 * The release of a data folder, trained on all of it, once; without its encoder.
 * @param work  holds the data and the release
 * @param data  the folder's files; made when they are needed
 * @param reads what the trainer reads of the items
 */
export async function releaseFrom(
	work: string,
	data: Readonly<Record<string, () => Uint8Array>>,
	reads: "all" | "ids" = "all",
): Promise<OverlaidRelease> {
	const [from, out] = [join(work, "data"), join(work, "release")];
	if (!existsSync(join(out, "manifest.json"))) {
		mkdirSync(from, { recursive: true });
		for (const [name, bytes] of Object.entries(data)) writeFileSync(join(from, name), bytes());
		const config = join(work, "config.json");
		writeFileSync(config, JSON.stringify({ ...SETTINGS, reads }));
		const { ended } = await startTrainer(trainerArguments({ data: from, out, config, boundary: "refit", "keep-seen": true }));
		const { code } = await ended;
		if (code !== 0) throw new Error(`the trainer ended with ${code}`);
	}
	const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")));
	const files = Object.fromEntries(filesOf(manifest).map((file) => [file, new Uint8Array(readFileSync(join(out, file)))]));
	const loaded = await loadRelease(manifest, files, null, createPlainSpace);
	if (!loaded.ok) throw new Error(`${loaded.error.file} ${loaded.error.message}`);
	return createOverlaidRelease(loaded.value, createPlainSpace);
}
