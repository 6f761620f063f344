/**
 * What `diversity` and `novelty` cost and bring, through HTTP in workerd: NDCG@10 of each shopper's held-out item, how alike
 * the ten products are (mean cosine of their vectors), how many categories they are of, how much of the catalogue is shown,
 * and how popular what is shown is (mean share of products that are less popular). The same shoppers at every level.
 *
 *     npx node bench/diversity.ts [RELEASE_DIR DATA_DIR] [--users N] [--seed N] [--port N] [--write]
 *
 * Without folders: the demo release, and simulated shoppers of another seed than those that it was trained on. DATA_DIR holds
 * what `edgeshelf evaluate` reads. `--write` writes bench/results/diversity.json.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../cli/client.ts";
import { makeCatalogue } from "../cli/demo/catalogue.ts";
import { simulateLog } from "../cli/demo/shoppers.ts";
import { type HeldOut, readHeldOut } from "../cli/evaluation/held-out.ts";
import { sampleOf } from "../cli/evaluation/sample.ts";
import { machineOf } from "../cli/machine.ts";
import { giniOf, ndcgAt, rankOf, recallAt } from "../cli/metrics.ts";
import { runParallel } from "../cli/parallel.ts";
import { readReleaseFolder } from "../cli/release-folder.ts";
import { RecommendationResponse } from "../src/contract/recommendation.ts";
import { type ItemFile, readItems } from "../src/pipeline/read-items.ts";
import { argumentsOfRun } from "./command.ts";
import { createRandom } from "./random.ts";
import { openStage } from "./serve/stage.ts";

const LISTED = 10;
const CONCURRENCY = 4;
const BOOTSTRAP_SAMPLES = 1000;
/** Wishes side by side; the first is what the others are compared with. */
const WISHES = [
	{ diversity: 0, novelty: 0 },
	{ diversity: 0.1, novelty: 0 },
	{ diversity: 0.3, novelty: 0 },
	{ diversity: 0.5, novelty: 0 },
	{ diversity: 0, novelty: 0.1 },
	{ diversity: 0, novelty: 0.3 },
];

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		users: { type: "string", default: "2000" },
		seed: { type: "string", default: "1" },
		port: { type: "string", default: "8890" },
		write: { type: "boolean", default: false },
	},
});
const [users, seed] = [Number(values.users), Number(values.seed)];
const [releaseDir = new URL("../models/demo", import.meta.url).pathname, dataDir] = positionals;

/** Shoppers whom the demo release never saw, by the rules of those whom it did. */
async function otherShoppers(): Promise<readonly HeldOut[]> {
	const folder = mkdtempSync(join(tmpdir(), "edgeshelf-diversity-"));
	try {
		const lines = simulateLog(makeCatalogue(), `other shoppers ${seed}`, 2 * users);
		writeFileSync(join(folder, "events.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
		return (await readHeldOut(folder)).cases;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const cases = sampleOf(dataDir === undefined ? await otherShoppers() : (await readHeldOut(dataDir)).cases, users, seed);
const release = readReleaseFolder(resolve(releaseDir));
const items = readItems(readFileSync(join(release.path, "items.bin")), release.manifest);
if (!items.ok) throw new Error(`items.bin ${items.error}`);
const catalogue = items.value;
const stage = await openStage({ port: Number(values.port), core: null });
/** Lists by wish, then by case. */
const lists = WISHES.map(() => new Array<readonly string[]>(cases.length));
try {
	await stage.publish(release, JSON.stringify({ history: cases[0]?.history, limit: LISTED }));
	const client = createClient(stage.ours);
	for (const [w, wish] of WISHES.entries()) {
		await runParallel(cases, CONCURRENCY, async ({ history }, n) => {
			const body = { history, limit: LISTED, ...wish };
			const answer = await client.call(RecommendationResponse, "POST", "/v1/recommendations", body, { idempotent: true });
			(lists[w] as (readonly string[])[])[n] = answer.items.map(({ id }) => id);
		});
	}
} finally {
	await stage.close();
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
const lesser = fameOf(catalogue);
const ndcgs = lists.map((of) => of.map((list, n) => ndcgAt(LISTED, rankOf(cases[n]?.target ?? "", list))));
const rows = WISHES.map((wish, w) => {
	const of = lists[w] as (readonly string[])[];
	const shown = new Map<string, number>();
	for (const id of of.flat()) shown.set(id, (shown.get(id) ?? 0) + 1);
	const gains = ndcgs[w] as number[];
	return {
		...wish,
		"ndcg@10": mean(gains),
		"recall@10": mean(of.map((list, n) => recallAt(LISTED, rankOf(cases[n]?.target ?? "", list)))),
		againstNone: w === 0 ? null : relativeInterval(gains, ndcgs[0] as number[]),
		alike: mean(of.map(likenessOf)),
		categories: catalogue.meta.categories.length === 0 ? null : mean(of.map(categoriesOf)),
		"coverage@10": shown.size / catalogue.count,
		"gini@10": giniOf([...shown.values()], catalogue.count),
		popularity: mean(of.flat().map((id) => lesser[catalogue.ids.rowOf(id)] ?? 0)),
	};
});
const result = {
	rows,
	protocol: {
		data: dataDir === undefined ? "simulated shoppers of another seed" : basename(dataDir),
		boundary: release.manifest.trainedOn.boundary,
		split: "leave-one-out",
		candidates: "full",
		seen: "filtered",
		users: cases.length,
		seed,
		bootstrap: BOOTSTRAP_SAMPLES,
	},
	release: release.id,
	machine: machineOf(),
	date: new Date().toISOString().slice(0, 10),
	command: `npx node bench/diversity.ts ${argumentsOfRun()}`.trim(),
};
console.log(JSON.stringify(result, null, "\t"));
if (values.write) writeFileSync(new URL("results/diversity.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);

/** Mean cosine of all pairs of a list. */
function likenessOf(list: readonly string[]): number {
	const vectors = list.map((id) => {
		const row = catalogue.ids.rowOf(id);
		const vector = Float64Array.from(catalogue.vectors.subarray(row * catalogue.dim, (row + 1) * catalogue.dim));
		const length = Math.hypot(...vector);
		return vector.map((value) => value / length);
	});
	const pairs = vectors.flatMap((a, n) => vectors.slice(n + 1).map((b) => a.reduce((sum, value, d) => sum + value * (b[d] as number), 0)));
	return mean(pairs);
}

function categoriesOf(list: readonly string[]): number {
	return new Set(list.map((id) => catalogue.category[catalogue.ids.rowOf(id)])).size;
}

/** Share of products that are less popular than each, by row. */
function fameOf({ popularity }: ItemFile): Float64Array {
	const ascending = popularity.slice().sort();
	return Float64Array.from(popularity, (value) => {
		let [low, high] = [0, ascending.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((ascending[middle] as number) < value) low = middle + 1;
			else high = middle;
		}
		return low / ascending.length;
	});
}

/** Difference of the means relative to the second, with the 95% interval of a paired bootstrap. */
function relativeInterval(one: readonly number[], other: readonly number[]): { mean: number; lower95: number; upper95: number } {
	const random = createRandom(seed);
	const drawn = Float64Array.from({ length: BOOTSTRAP_SAMPLES }, () => {
		let [a, b] = [0, 0];
		for (let n = 0; n < one.length; n++) {
			const picked = Math.floor(random() * one.length);
			a += one[picked] as number;
			b += other[picked] as number;
		}
		return a / b - 1;
	}).sort();
	const at = (share: number) => drawn[Math.round(share * (BOOTSTRAP_SAMPLES - 1))] as number;
	return { mean: mean(one) / mean(other) - 1, lower95: at(0.025), upper95: at(0.975) };
}
