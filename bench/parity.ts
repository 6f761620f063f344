/**
 * Compares what the running Worker answers with what ONNX Runtime's CPU build and NumPy answered on the same release files
 * (`parity.json`): the overlap of the first ten, for the encoder alone and for the fused score.
 *
 *     node bench/parity.ts RELEASE_DIR [URL]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { createClient } from "../cli/client.ts";
import { RecommendationResponse } from "../src/contract/recommendation.ts";
import { Manifest, Parity } from "../src/contract/release.ts";

const [releaseDir, url = "http://127.0.0.1:8787"] = process.argv.slice(2);
if (releaseDir === undefined) {
	console.error("Usage: node bench/parity.ts RELEASE_DIR [URL]");
	process.exit(2);
}

const read = <S extends v.GenericSchema>(schema: S, name: string) =>
	v.parse(schema, JSON.parse(readFileSync(join(releaseDir, name), "utf8")));
const { id } = read(Manifest, "manifest.json");
const { histories } = read(Parity, "parity.json");
const client = createClient(url);

/** Share of `expected` among the ids that came back. */
const overlap = (expected: readonly string[], { items }: RecommendationResponse) => {
	const answered = new Set(items.map((item) => item.id));
	return expected.filter((item) => answered.has(item)).length / expected.length;
};

let encoder = 0;
let fused = 0;
for (const { items, encoderTop, fusedTop } of histories) {
	// The trainer's answers know no stock: what is sold out is shown here too.
	const request = { history: items.map((item) => ({ item })), limit: 10, filter: { inStock: false } };
	const ask = (parts?: readonly string[]) =>
		client.call(RecommendationResponse, "POST", "/admin/evaluate", { ...request, ...(parts && { parts }) }, { idempotent: true });
	const alone = await ask(["encoder"]);
	if (alone.release !== id) throw new Error(`${url} serves ${alone.release}, not ${id}`);
	encoder += overlap(encoderTop, alone);
	fused += overlap(fusedTop, await ask());
}
console.log(
	JSON.stringify({
		release: id,
		histories: histories.length,
		"encoder.overlap@10": encoder / histories.length,
		"fused.overlap@10": fused / histories.length,
	}),
);
