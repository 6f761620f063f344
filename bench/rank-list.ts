/**
 * How well the running Worker orders a list that it is given: each held-out item among a hundred that share its rarest
 * attribute (of those with enough items), through `POST /v1/rank`, by mean reciprocal rank. Beside it, on the same lists
 * and from the same histories: the most popular first, and a Markov chain of counted transitions from the newest item,
 * with equal counts in order of popularity (and in no order). Baselines read what the release read: all but the
 * last item of each history, or all but the last two where its manifest says `tune`.
 *
 *     node bench/rank-list.ts DATA_DIR [--to URL] [--users N] [--seed N] [--json FILE]
 *
 * DATA_DIR holds sequences.txt.gz and items.tsv.gz with a column attribute_ids. EDGESHELF_TOKEN, or `.dev.vars`, must
 * hold a token with the scope read.
 */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ReleaseAnswer } from "../cli/answers.ts";
import { createClient } from "../cli/client.ts";
import { readHeldOut } from "../cli/evaluation/held-out.ts";
import { sampleOf } from "../cli/evaluation/sample.ts";
import { createListMaker, LIST_ITEMS, readAttributes } from "../cli/evaluation/shared-attribute.ts";
import { warmUp } from "../cli/evaluation/warm-up.ts";
import { machineOf } from "../cli/machine.ts";
import { runParallel } from "../cli/parallel.ts";
import { RankResponse } from "../src/contract/rank.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		to: { type: "string", default: "http://127.0.0.1:8787" },
		users: { type: "string", default: "5000" },
		seed: { type: "string", default: "1" },
		json: { type: "string" },
	},
});
const [dataDir] = positionals;
const [users, seed] = [Number(values.users), Number(values.seed)];
if (dataDir === undefined || !(users >= 1) || !Number.isInteger(seed)) {
	console.error("Usage: node bench/rank-list.ts DATA_DIR [--to URL] [--users N] [--seed N] [--json FILE]");
	process.exit(2);
}
/** Resamples of the shoppers behind each interval. */
const BOOTSTRAP_SAMPLES = 1000;
const CONCURRENCY = 8;

const data = await readHeldOut(join(dataDir, "sequences.txt.gz"));
const maker = createListMaker(readAttributes(join(dataDir, "items.tsv.gz")));
const cases = sampleOf([...data.cases.entries()], users, seed).flatMap(([n, { history, target }]) => {
	const items = history.map(({ item }) => item as string);
	const list = maker.listFor(target, new Set(items), seed + n);
	return list === null ? [] : [{ history, items, target, list }];
});

const client = createClient(values.to, { retryDelaysMs: [500, 2000] });
const source = await warmUp(client, data.cases);
if (source !== "personal") console.error(`the server answers from "${source}" only, not from the encoder`);
const served: number[] = new Array<number>(cases.length).fill(0);
const sources: Record<string, number> = {};
let release: string | null = null;
await runParallel(cases, CONCURRENCY, async ({ history, target, list }, index) => {
	const answer = await client.call(RankResponse, "POST", "/v1/rank", { history, ids: list }, { idempotent: true });
	served[index] = reciprocal(
		answer.items.map(({ id }) => id),
		target,
	);
	sources[answer.source] = (sources[answer.source] ?? 0) + 1;
	release ??= answer.release;
	if (answer.release !== null && answer.release !== release) throw new Error(`${values.to} serves more than one release`);
});
const boundary =
	release === null ? "refit" : (await client.call(ReleaseAnswer, "GET", `/admin/releases/${release}`)).manifest?.trainedOn.boundary;

const popularity = new Map<string, number>();
const transitions = new Map<string, number>();
for (const { history } of data.cases) {
	const known = history.map(({ item }) => item as string).slice(0, boundary === "tune" ? -1 : undefined);
	for (const [n, item] of known.entries()) {
		popularity.set(item, (popularity.get(item) ?? 0) + 1);
		if (n > 0) transitions.set(`${known[n - 1]} ${item}`, (transitions.get(`${known[n - 1]} ${item}`) ?? 0) + 1);
	}
}
const popular = (item: string) => popularity.get(item) ?? 0;
const systems = {
	served,
	popularity: cases.map(({ list, target }) => reciprocal(ordered(list, popular), target)),
	"Markov chain": cases.map(({ items, list, target }) => {
		const follows = (item: string) => transitions.get(`${items.at(-1)} ${item}`) ?? 0;
		return reciprocal(ordered(ordered(list, popular), follows), target);
	}),
	"Markov chain, equal counts in no order": cases.map(({ items, list, target }) =>
		reciprocal(
			ordered(list, (item) => transitions.get(`${items.at(-1)} ${item}`) ?? 0),
			target,
		),
	),
	"as given": cases.map(({ list, target }) => reciprocal(list, target)),
};

const figures = Object.fromEntries(
	Object.entries(systems).map(([name, ranks]) => [
		name,
		{ mrr: meanOf(ranks), ...(name !== "served" && { ratio: ratioOf(served, ranks) }) },
	]),
);
const result = {
	figures,
	protocol: {
		data: basename(dataDir),
		lists: cases.length,
		items: LIST_ITEMS,
		boundary,
		seen: "filtered",
		metric: "MRR over the whole list",
	},
	sources,
	release,
	seed,
	date: new Date().toISOString(),
	command: `node bench/rank-list.ts ${basename(dataDir)} --users ${users} --seed ${seed}`,
	machine: machineOf(),
};
console.log(JSON.stringify(result, null, "\t"));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, "\t")}\n`);

/** Reciprocal rank of the target, 0 where it is missing. */
function reciprocal(list: readonly string[], target: string): number {
	const place = list.indexOf(target);
	return place === -1 ? 0 : 1 / (place + 1);
}

/** Highest first; equal ones stay in the list's order. */
function ordered(list: readonly string[], score: (item: string) => number): readonly string[] {
	return list.toSorted((a, b) => score(b) - score(a));
}

function meanOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

/** Ratio of the means with the 95% interval of a bootstrap over shoppers, both systems on the same ones. */
function ratioOf(ours: readonly number[], theirs: readonly number[]) {
	const indexes = Array.from(ours.keys());
	const ratios = Float64Array.from({ length: BOOTSTRAP_SAMPLES }, (_, sample) => {
		let [a, b] = [0, 0];
		let state = (seed * 2_654_435_761 + sample * 40_503) >>> 0;
		for (const _index of indexes) {
			// A linear congruential generator (Numerical Recipes) is random enough to resample by.
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			const drawn = Math.floor((state / 2 ** 32) * indexes.length);
			a += ours[drawn] as number;
			b += theirs[drawn] as number;
		}
		return a / b;
	}).sort();
	const at = (share: number) => ratios[Math.floor(share * BOOTSTRAP_SAMPLES)] ?? Number.NaN;
	return { mean: meanOf(ours) / meanOf(theirs), lower95: at(0.025), upper95: at(0.975) };
}
