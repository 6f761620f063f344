/**
 * Writes a copy of a leave-one-out data folder in which every id is replaced by another and every file's lines are
 * shuffled: a recipe that reads nothing but content and behaviour gives the same NDCG@10 on both.
 *
 *     node bench/permute-ids.ts DATA_DIR OUT_DIR [SEED]
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const [dataDir, outDir, seedText = "1"] = process.argv.slice(2);
if (dataDir === undefined || outDir === undefined) {
	console.error("Usage: node bench/permute-ids.ts DATA_DIR OUT_DIR [SEED]");
	process.exit(2);
}

/** Mulberry32: 32-bit state, good enough to shuffle with. */
function randomFrom(seed: number) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
const random = randomFrom(Number(seedText));

function shuffled<T>(values: readonly T[]): T[] {
	const copy = [...values];
	for (let i = copy.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
	}
	return copy;
}

const linesOf = (name: string) =>
	gunzipSync(readFileSync(join(dataDir, name)))
		.toString("utf8")
		.trimEnd()
		.split("\n");
const write = (name: string, lines: readonly string[]) => writeFileSync(join(outDir, name), gzipSync(`${lines.join("\n")}\n`));

const sequences = linesOf("sequences.txt.gz").map((line) => line.split(" "));
const [header, ...items] = linesOf("items.tsv.gz").map((line) => line.split("\t"));
const ids = [...new Set([...items.map(([id]) => id as string), ...sequences.flatMap(([, ...ids]) => ids)])];
const newNames = shuffled(ids.map((_, index) => `p${index}`));
const renamed = new Map(ids.map((id, index) => [id, newNames[index] as string]));
const userNames = shuffled(sequences.map((_, index) => String(index + 1)));

mkdirSync(outDir, { recursive: true });
write(
	"sequences.txt.gz",
	shuffled(sequences.map(([, ...history], index) => [userNames[index], ...history.map((id) => renamed.get(id))].join(" "))),
);
write("items.tsv.gz", [
	(header as string[]).join("\t"),
	...shuffled(items.map(([id, ...rest]) => [renamed.get(id as string), ...rest].join("\t"))),
]);
console.log(`${ids.length} items and ${sequences.length} users renamed and shuffled into ${outDir}`);
