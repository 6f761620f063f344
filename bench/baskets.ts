/**
 * How well the basket shelves do on Online Retail, split by time: the next basket of a customer (what was bought before may
 * come again), and the item that is missing from a cart, beside popularity, item-kNN and personal frequency. Trains a
 * release on all orders before the test window and asks the Worker's own pipeline. The baselines' settings are those with
 * the best NDCG@10 in the validation window, from counts before it; then they count up to the test window as the release does.
 *
 *     npx node bench/baskets.ts ONLINE_RETAIL_DIR [--work DIR] [--write]
 *
 * ONLINE_RETAIL_DIR holds online_retail.csv.gz. The release lies in `--work` (default .cache/bench/baskets) and is made once.
 * `--write` writes bench/results/baskets.json.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { randomFrom } from "../cli/demo/random.ts";
import { machineOf } from "../cli/machine.ts";
import { BASELINES, type Scorer, tieBreaks } from "./baskets/baselines.ts";
import { type Case, casesOf, meanQuality, type Quality, qualityOf, type Task } from "./baskets/cases.ts";
import type { BasketRow, BasketsResult } from "./baskets/result.ts";
import { eventLogOf, readRetail } from "./baskets/retail.ts";
import { servedBy } from "./baskets/served.ts";
import { argumentsOfRun } from "./command.ts";
import { relativeGain } from "./relative-gain.ts";
import { releaseFrom } from "./small-release.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { work: { type: "string", default: ".cache/bench/baskets" }, write: { type: "boolean", default: false } },
});
const [folder] = positionals;
if (folder === undefined) {
	console.error("Usage: npx node bench/baskets.ts ONLINE_RETAIL_DIR [--work DIR] [--write]");
	process.exit(2);
}
const [VALIDATION_FROM, TEST_FROM, TEST_UNTIL] = ["2011-10-10", "2011-11-01", "2011-12-10"] as const;
const secondsOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;
const [validationFrom, testFrom, testUntil] = [VALIDATION_FROM, TEST_FROM, TEST_UNTIL].map(secondsOf) as [number, number, number];
const BOOTSTRAP_SAMPLES = 2000;
const LISTED = 10;
const TASKS: readonly Task[] = ["next", "completion"];

const retail = readRetail(join(folder, "online_retail.csv.gz"));
const past = { ...retail, orders: retail.orders.filter(({ at }) => at < testFrom) };
const release = await releaseFrom(resolve(values.work), { "events.ndjson.gz": () => eventLogOf(past) }, "ids");
const { manifest, fusion } = release.loaded;
const serve = servedBy(release, retail);
const ties = tieBreaks(retail);

/** The ten best by a scorer; the cart is not among them. */
function best(scorer: Scorer, asked: Case): number[] {
	const scores = scorer(asked);
	const cart = new Set(asked.cart);
	const top: { readonly item: number; readonly score: number }[] = [];
	for (let item = 0; item < scores.length; item++) {
		const score = (scores[item] as number) + (ties[item] as number);
		const last = top.length < LISTED ? Number.NEGATIVE_INFINITY : (top.at(-1)?.score as number);
		if (score <= last || cart.has(item)) continue;
		if (top.length === LISTED) top.pop();
		const place = top.findIndex((one) => one.score < score);
		top.splice(place === -1 ? top.length : place, 0, { item, score });
	}
	return top.map(({ item }) => item);
}

function measure(task: Task): BasketsResult["tasks"][Task] {
	const tuning = casesOf(retail, task, validationFrom, testFrom);
	const cases = casesOf(retail, task, testFrom, testUntil);
	const served = cases.map((asked) => qualityOf(serve(task, asked), asked));
	const qualities = (scorer: Scorer, over: readonly Case[]): Quality[] => over.map((asked) => qualityOf(best(scorer, asked), asked));
	const rows = BASELINES.map(({ name, settings, learn }): BasketRow => {
		const before = learn(retail, validationFrom);
		// Settings that say nothing for this task give the same scores.
		const tried = settings.filter(({ past = 0, own = 0 }) => (task === "next" ? past === 0 : own === 0));
		const chosen = tried.map((setting) => ({ setting, ndcg: meanQuality(qualities(before(setting), tuning)).ndcg }));
		const { setting } = chosen.reduce((most, one) => (one.ndcg > most.ndcg ? one : most));
		const theirs = qualities(learn(retail, testFrom)(setting), cases);
		const gain = (of: keyof Quality) =>
			relativeGain(
				served.map((quality) => quality[of]),
				theirs.map((quality) => quality[of]),
				cases.map(({ customer }) => customer),
				BOOTSTRAP_SAMPLES,
				randomFrom(`${task} ${name} ${of}`),
			);
		const row = { name, setting, ...meanQuality(theirs), gain: { recall: gain("recall"), ndcg: gain("ndcg") } };
		console.error(task, JSON.stringify(row));
		return row;
	});
	const own: BasketRow = { name: "served", setting: null, ...meanQuality(served), gain: null };
	return { cases: cases.length, customers: new Set(cases.map(({ customer }) => customer)).size, rows: [own, ...rows] };
}

const result: BasketsResult = {
	protocol: {
		data: "Online Retail",
		items: retail.items.length,
		validationFrom: VALIDATION_FROM,
		testFrom: TEST_FROM,
		kPair: manifest.kPair,
		bootstrapSamples: BOOTSTRAP_SAMPLES,
		bootstrapUnit: "customer",
	},
	tasks: Object.fromEntries(TASKS.map((task) => [task, measure(task)])) as BasketsResult["tasks"],
	weights: { ...fusion.baskets },
	machine: machineOf(),
	command: `npx node bench/baskets.ts ${argumentsOfRun()}`,
	date: new Date().toISOString().slice(0, 10),
};
console.log(JSON.stringify(result, null, "\t"));
if (values.write) writeFileSync(new URL("results/baskets.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
