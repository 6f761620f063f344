/**
 * Local randomised response by measurement: how much of the top is found at which epsilon by k-ary response (krr),
 * optimised unary encoding (oue) and optimised local hashing (olh), from 100,000 reports; and whether the channels, drawn
 * a million times a value, keep to e^epsilon.
 *
 *     npx node bench/privacy-response.ts [--draws 1000000] [--trials 5] [--write]    --write: bench/results/privacy-response.json
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Random, randomFrom } from "../cli/demo/random.ts";
import { machineOf } from "../cli/machine.ts";
import { formatTable } from "../cli/table.ts";
import { channelFor, channelOf, estimatesOf, respond } from "../src/privacy/randomised-response.ts";

const EPSILONS = [0.5, 1, 2, 3, 4, 6, 8];
const REPORTS = 100_000;
/** What is looked for: the top of a list of values whose shares fall as 1 / rank. */
const QUESTIONS = [
	{ name: "top 20 of 64 categories", k: 64, top: 20, hashes: true },
	{ name: "top 100 of 10,000 items", k: 10_000, top: 100, hashes: false },
] as const;
/** Values of the channels whose probabilities are drawn: few, so that a million draws see every answer. */
const DRAWN_VALUES = 4;

const { values: options } = parseArgs({
	options: {
		draws: { type: "string", default: "1000000" },
		trials: { type: "string", default: "5" },
		write: { type: "boolean", default: false },
	},
});

/** How many of n hold each value, by shares of 1 / rank. */
function zipfCounts(k: number, n: number): number[] {
	const harmonic = Array.from({ length: k }, (_, rank) => 1 / (rank + 1)).reduce((sum, share) => sum + share, 0);
	return Array.from({ length: k }, (_, rank) => Math.round(n / (rank + 1) / harmonic));
}

/** A binomial draw: by the gaps between successes, and beyond a thousand expected by the normal limit. */
function binomial(random: Random, n: number, p: number): number {
	if (n * p > 1000) {
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		return Math.max(0, Math.round(n * p + normal * Math.sqrt(n * p * (1 - p))));
	}
	let successes = -1;
	for (let at = 0; at <= n; successes++) at += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - p));
	return successes;
}

type Estimate = (truth: readonly number[], epsilon: number, random: Random) => number[];

const byKary: Estimate = (truth, epsilon, random) => {
	const channel = channelOf("krr", truth.length, epsilon);
	const counts = new Array<number>(truth.length).fill(0);
	let reports = 0;
	for (const [value, held] of truth.entries())
		for (let one = 0; one < held; one++, reports++)
			for (const answer of respond(channel, value, random)) counts[answer] = (counts[answer] ?? 0) + 1;
	return estimatesOf(channel, counts, reports);
};

/** Places of a set are drawn apart from one another, so that their counts are binomials. */
const byUnary: Estimate = (truth, epsilon, random) => {
	const channel = channelOf("oue", truth.length, epsilon);
	const reports = truth.reduce((sum, held) => sum + held, 0);
	const counts = truth.map((held) => binomial(random, held, channel.p) + binomial(random, reports - held, channel.q));
	return estimatesOf(channel, counts, reports);
};

/** Each reporter hashes the values to g places by a function of its own, and answers for the place by k-ary response. */
const byHashing: Estimate = (truth, epsilon, random) => {
	const places = Math.max(2, Math.round(Math.exp(epsilon)) + 1);
	const channel = channelOf("krr", places, epsilon);
	const supported = new Array<number>(truth.length).fill(0);
	let reports = 0;
	const placeOf = (seed: number, value: number) => {
		let mixed = Math.imul(seed ^ value, 0x9e3779b1);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77) ^ seed;
		mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae3d);
		return ((mixed ^ (mixed >>> 16)) >>> 0) % places;
	};
	for (const [value, held] of truth.entries()) {
		for (let one = 0; one < held; one++, reports++) {
			const seed = Math.floor(random() * 2 ** 32) | 0;
			const [answer] = respond(channel, placeOf(seed, value), random);
			for (let other = 0; other < truth.length; other++)
				if (placeOf(seed, other) === answer) supported[other] = (supported[other] ?? 0) + 1;
		}
	}
	// A value that was not held lies in the answered place by chance.
	return estimatesOf({ ...channel, q: 1 / places }, supported, reports);
};

const PROTOCOLS = { krr: byKary, oue: byUnary, olh: byHashing } as const;

/** Share of the true top that the estimated top holds. */
function overlapOf(estimates: readonly number[], top: number): number {
	const found = estimates.map((estimate, value) => ({ estimate, value })).sort((a, b) => b.estimate - a.estimate);
	return found.slice(0, top).filter(({ value }) => value < top).length / top;
}

const trials = Number(options.trials);
const curve = QUESTIONS.flatMap(({ name, k, top, hashes }) =>
	(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[])
		.filter((protocol) => protocol !== "olh" || hashes)
		.map((protocol) => {
			const truth = zipfCounts(k, REPORTS);
			const overlap = EPSILONS.map((epsilon) => {
				const found = Array.from({ length: trials }, (_, trial) =>
					overlapOf(PROTOCOLS[protocol](truth, epsilon, randomFrom(`${name} ${protocol} ${epsilon} ${trial}`)), top),
				);
				return { epsilon, mean: found.reduce((sum, share) => sum + share, 0) / trials, min: Math.min(...found) };
			});
			return { question: name, protocol, overlap };
		}),
);

/** Upper 99% point of a standard normal, shared among so many comparisons (Bonferroni), by bisection of its tail. */
function normalPoint(comparisons: number): number {
	const tail = (z: number) => {
		// Abramowitz & Stegun 26.2.17; error below 7.5e-8.
		const t = 1 / (1 + 0.2316419 * z);
		const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
		return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
	};
	let [low, high] = [0, 10];
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (tail(middle) > 0.01 / comparisons) low = middle;
		else high = middle;
	}
	return high;
}

/** The largest lower bound of any answer's ratio between two values, over e^epsilon: above 1 the channel leaks. */
function drawn(kind: "krr" | "oue", epsilon: number, draws: number) {
	const channel = channelOf(kind, DRAWN_VALUES, epsilon);
	const random = randomFrom(`${kind} ${epsilon}`);
	const counts = Array.from({ length: DRAWN_VALUES }, (_, value) => {
		const answers = new Map<string, number>();
		for (let n = 0; n < draws; n++) {
			const answer = respond(channel, value, random).join();
			answers.set(answer, (answers.get(answer) ?? 0) + 1);
		}
		return answers;
	});
	const answers = new Set(counts.flatMap((count) => [...count.keys()]));
	const z = normalPoint(answers.size * DRAWN_VALUES * (DRAWN_VALUES - 1));
	let worst = 0;
	let largest = 0;
	for (const answer of answers) {
		for (const one of counts) {
			for (const other of counts) {
				const [a, b] = [one.get(answer) ?? 0, other.get(answer) ?? 0];
				if (one === other || a === 0 || b === 0) continue;
				const ratio = a / b;
				const error = Math.sqrt(1 / a + 1 / b - 2 / draws);
				largest = Math.max(largest, ratio);
				worst = Math.max(worst, ratio * Math.exp(-z * error));
			}
		}
	}
	return {
		kind,
		epsilon,
		draws,
		bound: Math.exp(epsilon),
		largestRatio: largest,
		largestLowerBound: worst,
		keeps: worst <= Math.exp(epsilon),
	};
}

const kept = EPSILONS.flatMap((epsilon) => (["krr", "oue"] as const).map((kind) => drawn(kind, epsilon, Number(options.draws))));
const chosen = QUESTIONS.map(({ name, k }) => ({
	question: name,
	byEpsilon: EPSILONS.map((epsilon) => ({ epsilon, channel: channelFor(k, epsilon).kind })),
}));
console.log(
	formatTable(
		["question", "protocol", ...EPSILONS.map((epsilon) => `eps ${epsilon}`)],
		curve.map(({ question, protocol, overlap }) => [question, protocol, ...overlap.map(({ mean }) => `${(mean * 100).toFixed(1)}%`)]),
	),
);
console.log(
	`\n${formatTable(
		["channel", "epsilon", "e^epsilon", "largest ratio", "largest 99% lower bound", "keeps"],
		kept.map((row) => [
			row.kind,
			String(row.epsilon),
			row.bound.toFixed(3),
			row.largestRatio.toFixed(3),
			row.largestLowerBound.toFixed(3),
			String(row.keeps),
		]),
	)}`,
);
if (options.write) {
	const protocol = `${REPORTS} reports, shares 1 / rank, ${trials} trials; overlap of the estimated with the true top, mean and least`;
	const result = {
		protocol,
		curve,
		chosen,
		drawn: kept,
		machine: machineOf(),
		command: `npx node bench/privacy-response.ts --draws ${options.draws} --trials ${trials} --write`,
		date: new Date().toISOString().slice(0, 10),
	};
	writeFileSync(new URL("results/privacy-response.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
}
const categories = curve.filter(({ question, overlap }) => question === QUESTIONS[0].name && overlap.length > 0);
const best = Math.max(...categories.map(({ overlap }) => overlap.find(({ epsilon }) => epsilon === 4)?.mean ?? 0));
if (best < 0.9 || kept.some(({ keeps }) => !keeps)) process.exitCode = 1;
