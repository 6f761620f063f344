/**
 * Whether `edgeshelf estimate` tells the truth where the truth is known: simulated shoppers whose every click rate is
 * written down (`off-policy/world.ts`), logs of a policy that explores, and a candidate whose value is computed exactly.
 * For each size of log: how often the 95% interval of each estimate holds the truth, and how far estimates scatter. The
 * largest logs are read once more as if half as many answers had been explored, by which inverse propensity must be seen to
 * fail. Exits with 1 where, by `--places any`, logs that would not be refused have intervals that hold the truth in fewer than 93% or more than
 * 97%, or where wrong propensities are not found out.
 *
 *     node bench/off-policy.ts [--logs N] [--visitors N,N] [--places any,scales] [--write]
 *
 * `--write` puts its rows into bench/results/off-policy.json, in place of those of the same kind; the others stay.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { randomFrom } from "../cli/demo/random.ts";
import { type Estimates, estimateValue, PLACE_EFFECTS, type PlaceEffect, predictedRewards } from "../cli/estimation/estimates.ts";
import { judgeAnswer } from "../cli/estimation/judge.ts";
import { offeredAnswers } from "../cli/estimation/offered.ts";
import { EFFECTIVE_MIN } from "../cli/estimation/refusal.ts";
import { machineOf } from "../cli/machine.ts";
import { type Exploration, propensityOf } from "../src/contract/policy.ts";
import { argumentsOfRun } from "./command.ts";
import { makeWorld, type World } from "./off-policy/world.ts";

const { values } = parseArgs({
	options: {
		logs: { type: "string", default: "400" },
		visitors: { type: "string", default: "500,1500,4000" },
		places: { type: "string", default: PLACE_EFFECTS.join(",") },
		write: { type: "boolean", default: false },
	},
});
const logs = Number(values.logs);
/** Visitors of a log. */
const sizes = values.visitors.split(",").map(Number);
const effects = PLACE_EFFECTS.filter((effect) => values.places.split(",").includes(effect));
if (![logs, ...sizes].every((number) => Number.isInteger(number) && number > 1) || effects.length === 0) {
	console.error("Usage: node bench/off-policy.ts [--logs N] [--visitors N,N] [--places any,scales] [--write]");
	process.exit(2);
}
const RESULT = new URL("results/off-policy.json", import.meta.url);
/** "home:0.1:1", lists of ten. */
const EXPLORATION: Exploration = { share: 0.1, keep: 1, places: 10, reserve: 19, pinned: [] };
/** The size at which propensities are taken wrong, too. */
const WRONG_SIZE = 4000;
const RESAMPLES = 500;
/** Coverage that an interval of 95% is to reach. */
const [COVERAGE_MIN, COVERAGE_MAX] = [0.93, 0.97];
const NAMES = ["ips", "snips", "dr"] as const;

/** What somebody would take who read the share from a setting that has been changed since. */
const halved: typeof propensityOf = (exploration, place, rank) =>
	propensityOf({ ...exploration, share: exploration.share / 2 }, place, rank);

type Reading = { readonly effect: PlaceEffect; readonly chances: "as they were" | "wrong" };

/** Estimates from one simulated log, in the order of the readings. */
function estimatesOf(world: World, log: number, visitors: number, readings: readonly Reading[]): Estimates[] {
	const random = randomFrom(`log ${log} of ${visitors}`);
	const { lines, fieldsOf } = world.draw(random, visitors);
	const { answers } = offeredAnswers(lines, fieldsOf, { surface: "home", since: 0, event: "click" });
	const places = answers.flatMap((answer) => judgeAnswer(answer, world.candidateFor(answer.history)) ?? []);
	// Rewards are predicted without propensities.
	const predicted = predictedRewards(places);
	return readings.map(({ effect, chances }) => {
		const chanceOf = chances === "wrong" ? halved : propensityOf;
		return estimateValue(places, random, { effect, resamples: RESAMPLES, predicted, chanceOf });
	});
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const variance = (numbers: readonly number[]): number => {
	const middle = mean(numbers);
	return numbers.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (numbers.length - 1);
};

function figuresOf(world: World, visitors: number, { effect, chances }: Reading, estimates: readonly Estimates[]) {
	const { truth, loggedTruth } = world;
	const figures = (intervals: readonly { value: number; lower: number; upper: number }[], of: number) => ({
		coverage: mean(intervals.map(({ lower, upper }) => Number(lower <= of && of <= upper))),
		bias: mean(intervals.map(({ value }) => value)) / truth - of / truth,
		deviation: Math.sqrt(variance(intervals.map(({ value }) => value))) / truth,
	});
	const of = (name: (typeof NAMES)[number]) => ({
		...figures(
			estimates.map((each) => each[name]),
			truth,
		),
		gainCoverage: figures(
			estimates.map(({ gain }) => gain[name]),
			truth - loggedTruth,
		).coverage,
	});
	return {
		visitors,
		effect,
		chances,
		logs,
		places: mean(estimates.map(({ places }) => places)),
		effective: mean(estimates.map(({ effective }) => effective)),
		refused: mean(estimates.map(({ effective }) => Number(effective < EFFECTIVE_MIN))),
		support: mean(estimates.map(({ support }) => support.value)),
		ips: of("ips"),
		snips: of("snips"),
		dr: of("dr"),
		drVarianceOfIps: variance(estimates.map(({ dr }) => dr.value)) / variance(estimates.map(({ ips }) => ips.value)),
		naiveBias: mean(estimates.map(({ naive }) => naive)) / truth - 1,
	};
}

const world = makeWorld("off-policy", EXPLORATION);
const rows = sizes.flatMap((visitors) => {
	const all: readonly Reading[] = (["as they were", "wrong"] as const).flatMap((chances) => effects.map((effect) => ({ effect, chances })));
	const readings = all.filter(({ chances }) => chances === "as they were" || visitors === WRONG_SIZE);
	const estimates = Array.from({ length: logs }, (_, log) => {
		if (log % 50 === 0) console.error(`${visitors} visitors: log ${log} of ${logs}`);
		return estimatesOf(world, log, visitors, readings);
	});
	return readings.map((reading, r) =>
		figuresOf(
			world,
			visitors,
			reading,
			estimates.map((each) => each[r] as Estimates),
		),
	);
});
type Row = (typeof rows)[number];
const keyOf = ({ visitors, effect, chances }: Row) => `${chances} ${effect} ${String(visitors).padStart(9)}`;
/** Rows of earlier runs that this one did not measure. */
const kept = existsSync(RESULT) ? (JSON.parse(readFileSync(RESULT, "utf8")) as { rows: Row[] }).rows : [];
const renewed = new Set(rows.map(keyOf));
const result = {
	rows: [...kept.filter((row) => !renewed.has(keyOf(row))), ...rows].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
	truth: world.truth,
	logged: world.loggedTruth,
	protocol: {
		resamples: RESAMPLES,
		exploration: EXPLORATION,
		interval: "95%, percentiles of a bootstrap over visitors",
		effectiveMin: EFFECTIVE_MIN,
	},
	machine: machineOf(),
	command: `node bench/off-policy.ts ${argumentsOfRun()}`.trim(),
	date: new Date().toISOString(),
};
console.log(JSON.stringify(rows, null, "\t"));
if (values.write) writeFileSync(RESULT, `${JSON.stringify(result, null, "\t")}\n`);
const isCovered = ({ coverage }: { readonly coverage: number }) => coverage >= COVERAGE_MIN && coverage <= COVERAGE_MAX;
const [right, wrong] = [rows.filter(({ chances }) => chances === "as they were"), rows.filter(({ chances }) => chances === "wrong")];
const failed = [
	...right
		.filter(({ refused, effect }) => refused < 0.5 && effect === "any")
		.flatMap((row) =>
			NAMES.filter((name) => !isCovered(row[name])).map((name) => `${name} at ${row.visitors} visitors, places: ${row.effect}`),
		),
	...wrong.filter(({ ips }) => isCovered(ips)).map(({ effect }) => `wrong propensities are not found out, places: ${effect}`),
];
for (const failure of failed) console.error(`failed: ${failure}`);
process.exit(failed.length > 0 ? 1 : 0);
