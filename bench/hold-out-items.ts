/**
 * Writes a copy of a leave-one-out data folder in which a share of the items is never seen in training: they are cut out
 * of every history but may still be what a shopper takes last, so that the trainer meets them as targets alone. Their ids go to `held-out.txt`.
 *
 *     node bench/hold-out-items.ts DATA_DIR OUT_DIR [SHARE] [SEED]
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sampleOf } from "../cli/evaluation/sample.ts";

const [dataDir, outDir, shareText = "0.1", seedText = "1"] = process.argv.slice(2);
const share = Number(shareText);
if (dataDir === undefined || outDir === undefined || !(share > 0 && share < 1)) {
	console.error("Usage: node bench/hold-out-items.ts DATA_DIR OUT_DIR [SHARE] [SEED], with a share between 0 and 1");
	process.exit(2);
}

const histories = gunzipSync(readFileSync(join(dataDir, "sequences.txt.gz")))
	.toString("utf8")
	.trimEnd()
	.split("\n")
	.map((line) => line.trim().split(/\s+/));
const ids = [...new Set(histories.flatMap(([, ...items]) => items))].sort();
const held = new Set(sampleOf(ids, Math.round(share * ids.length), Number(seedText)));

const kept: string[] = [];
let targets = 0;
for (const [user, ...items] of histories) {
	const target = items.at(-1) as string;
	const before = items.slice(0, -1).filter((id) => !held.has(id));
	// Only histories of three and more are asked about; of shorter ones the trainer reads the last item too.
	if (before.length < (held.has(target) ? 2 : 1)) continue;
	if (held.has(target)) targets++;
	kept.push([user, ...before, target].join(" "));
}
mkdirSync(outDir, { recursive: true });
writeFileSync(join(outDir, "sequences.txt.gz"), gzipSync(`${kept.join("\n")}\n`));
writeFileSync(join(outDir, "held-out.txt"), `${[...held].join("\n")}\n`);
copyFileSync(join(dataDir, "items.tsv.gz"), join(outDir, "items.tsv.gz"));
console.log(`${held.size} of ${ids.length} items held out of ${kept.length} histories; ${targets} of them are asked for one`);
