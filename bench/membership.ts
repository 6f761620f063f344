/**
 * Whether it can be told whose history a release was trained on: shadow releases are trained, each is served by the real
 * Worker in workerd and asked over HTTP, and two attackers score every history (`training/edgeshelf_training/membership.py`).
 * Shadows and answers that are there are not made again, so a run that was cut goes on where it stopped.
 *
 *     npx node bench/membership.ts DATA_DIR                     the preset `discreet`
 *     npx node bench/membership.ts DATA_DIR --config default    the default recipe, which is not held to the bounds
 *     npx node bench/membership.ts DATA_DIR --control           an overfitted one, which must be caught
 *
 *   --users N     histories that each shadow is trained on (default 5000)
 *   --shadows N   (default 16)
 *   --asked N     histories of the pool that are asked about over HTTP (default 2000)
 *   --config C    as for train (default discreet)
 *   --work DIR    where shadows and answers lie (default .cache/membership/NAME, after the recipe)
 *   --port N      first of five (default 8870)
 *   --write       writes bench/results/membership.json; membership-NAME.json of another recipe than `discreet`
 *
 * Exits with 1 where a recipe gives away more than `discreet` may, or the control is not caught.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../cli/client.ts";
import { machineOf } from "../cli/machine.ts";
import { runParallel } from "../cli/parallel.ts";
import { createProgress } from "../cli/progress.ts";
import { readReleaseFolder, sha256Of } from "../cli/release-folder.ts";
import { startTrainer } from "../cli/trainer.ts";
import { RankResponse } from "../src/contract/rank.ts";
import { RecommendationResponse } from "../src/contract/recommendation.ts";
import { argumentsOfRun } from "./command.ts";
import { openStage, TOKEN } from "./serve/stage.ts";

/** Areas under the curve that `discreet` may give an attacker at most, and that the control must exceed. */
const AUC_MAX = { A: 0.6, B: 0.55 } as const;
const AUC_CONTROL_MIN = 0.7;
/** Places of a list that are asked for, and requests side by side. */
const LISTED = 50;
const CONCURRENCY = 8;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		control: { type: "boolean", default: false },
		users: { type: "string", default: "5000" },
		shadows: { type: "string", default: "16" },
		asked: { type: "string", default: "2000" },
		config: { type: "string" },
		work: { type: "string" },
		port: { type: "string", default: "8870" },
		write: { type: "boolean", default: false },
	},
});
const [dataDir] = positionals;
if (dataDir === undefined || !existsSync(dataDir)) {
	console.error("Usage: npx node bench/membership.ts DATA_DIR [--control] [--users N] [--shadows N] [--asked N] [--write]");
	process.exit(2);
}
const config = values.config ?? (values.control ? "default" : "discreet");
/** What the recipe is called: a preset, or its file. */
const recipeName = values.control ? "control" : basename(config, ".json");
const work = resolve(values.work ?? join(import.meta.dirname, "../.cache/membership", recipeName));

type Figures = { readonly auc: number; readonly "tprAt0.1%Fpr": number };
type Found = { readonly A: Figures; readonly B: Figures };

/** Trains the shadows that are missing, writes the questions, and attacks with what answers there are. */
async function attack(): Promise<Found> {
	const file = join(work, "found.json");
	const counts = ["--users", values.users, "--shadows", values.shadows, "--asked", values.asked];
	const recipe = ["--config", existsSync(config) ? resolve(config) : config, ...(values.control ? ["--control"] : [])];
	const folders = ["--data", resolve(dataDir as string), "--work", work, "--json", file];
	const { ended } = await startTrainer(["membership", ...folders, ...counts, ...recipe], "terminal");
	if ((await ended).code !== 0) process.exit(1);
	return JSON.parse(readFileSync(file, "utf8"));
}

type Questions = {
	readonly others: readonly string[];
	readonly cases: readonly { readonly history: readonly string[]; readonly target: string }[];
};

/** What one question told: the target's place in the list for all, and its lead and place in a list of the asker's own. */
type Answer = { listed: number | null; margin: number | null; place: number | null };

const client = () => createClient(`http://127.0.0.1:${values.port}`, { token: TOKEN });

async function ask(release: string, { others, cases }: Questions, tell: (share: number) => void): Promise<Answer[]> {
	const asker = client();
	const answers: Answer[] = new Array(cases.length);
	await runParallel(cases, CONCURRENCY, async ({ history: items, target }, index) => {
		const history = items.map((item) => ({ item }));
		const list = await asker.call(RecommendationResponse, "POST", "/v1/recommendations", { history, limit: LISTED }, { idempotent: true });
		const ids = [target, ...others.filter((id) => id !== target)];
		const ranked = await asker.call(RankResponse, "POST", "/v1/rank", { history, ids }, { idempotent: true });
		for (const answer of [list, ranked])
			if (answer.release !== release || answer.source !== "personal") throw new Error(`answered by ${answer.source} of ${answer.release}`);
		answers[index] = { listed: placeIn(list.items, target), ...leadIn(ranked.items, target) };
		if (index % 500 === 0) tell(index / cases.length);
	});
	return answers;
}

const placeIn = (items: readonly { readonly id: string }[], target: string): number | null => {
	const place = items.findIndex(({ id }) => id === target);
	return place === -1 ? null : place;
};

/** By how much the target's score exceeds the mean of the others', and its place among them. */
function leadIn(items: readonly { readonly id: string; readonly score: number | null }[], target: string): Omit<Answer, "listed"> {
	const scores = items.flatMap(({ id, score }) => (id === target || score === null ? [] : [score]));
	const own = items.find(({ id }) => id === target)?.score ?? null;
	const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
	return { margin: own === null ? null : own - mean, place: placeIn(items, target) };
}

/** Serves each shadow that has no answers to these very questions, and asks it. */
async function serveAndAsk(): Promise<void> {
	const text = readFileSync(join(work, "questions.json"));
	const questions = JSON.parse(text.toString()) as Questions;
	const asked = sha256Of(text);
	const folders = Array.from({ length: Number(values.shadows) }, (_, n) => join(work, `shadow-${n}`));
	const isAnswered = (folder: string) => {
		const file = join(folder, "answers.json");
		return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).questions === asked;
	};
	const missing = folders.filter((folder) => !isAnswered(folder));
	if (missing.length === 0) return;
	// The control counts pairs of one visitor, which a shop's Worker refuses.
	const stage = await openStage({ port: Number(values.port), core: null, vars: values.control ? { K_PAIR_MIN: "1" } : {} });
	const progress = createProgress("asking");
	try {
		for (const [n, folder] of missing.entries()) {
			const release = readReleaseFolder(folder);
			await stage.publish(release, JSON.stringify({ history: questions.cases[0]?.history.map((item) => ({ item })) }));
			const answers = await ask(release.id, questions, (share) => progress.show((n + share) / missing.length, basename(folder)));
			const columns = Object.fromEntries((["listed", "margin", "place"] as const).map((name) => [name, answers.map((each) => each[name])]));
			const file = join(folder, "answers.json");
			writeFileSync(`${file}.draft`, JSON.stringify({ release: release.id, questions: asked, ...columns }));
			renameSync(`${file}.draft`, file);
		}
	} finally {
		progress.end();
		await stage.close();
	}
}

await attack();
await serveAndAsk();
const found = await attack();
const result = {
	...found,
	command: `npx node bench/membership.ts ${argumentsOfRun()}`,
	machine: machineOf(),
	date: new Date().toISOString().slice(0, 10),
};
if (values.write) {
	const name = recipeName === "discreet" ? "membership" : `membership-${recipeName}`;
	writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
}
for (const attacker of ["A", "B"] as const) {
	const { auc, "tprAt0.1%Fpr": rate } = found[attacker];
	const isGood = values.control ? auc > AUC_CONTROL_MIN : auc <= AUC_MAX[attacker];
	const asWanted = values.control ? `above ${AUC_CONTROL_MIN}` : `at most ${AUC_MAX[attacker]}`;
	console.log(`${attacker}: AUC ${auc.toFixed(3)} (wanted: ${asWanted}), ${(rate * 100).toFixed(2)}% found at 0.1% false ones`);
	if (!isGood) process.exitCode = 1;
}
