import { readFileSync, writeFileSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import { ReleaseAnswer } from "../answers.ts";
import { existingPathOf, numberOf, parseArguments, pathOf, SERVER_OPTIONS, secondsOf } from "../arguments.ts";
import { type Client, createClient } from "../client.ts";
import { askAll, figuresOf } from "../evaluation/ask.ts";
import { type HeldOut, type HeldOutData, readHeldOut } from "../evaluation/held-out.ts";
import { sampleOf } from "../evaluation/sample.ts";
import { warmUp } from "../evaluation/warm-up.ts";
import { machineOf } from "../machine.ts";
import { type Command, CommandFailure, UsageError } from "../outcome.ts";
import { createProgress, type Progress } from "../progress.ts";
import { formatTable } from "../table.ts";

const help = `edgeshelf evaluate --data DIR [options]

Measures the recommendations through HTTP: each shopper's history is sent, the last item is held out and its rank scored,
over the full catalogue. Every shopper counts; a failed request is a miss. Then the encoder alone, the same way.

  --data DIR        sequences.txt.gz, test.tsv.gz (prefix, tab, target), events.csv.gz or events.ndjson.gz
  --to URL          the Worker (default http://127.0.0.1:8787)
  --users N         only a sample of N, drawn by --seed (default 1)
  --targets FILE    only shoppers whose held-out item is in FILE, an id a line
  --since DATE      only sessions whose target is not older (events only)
  --keep-seen       items of the history may be recommended (always so for test.tsv.gz)
  --no-encoder      leave out the encoder alone
  --concurrency N   requests side by side (default 8); latencies are those under that load
  --json FILE       write all figures with their protocol`;

const OPTIONS = {
	...SERVER_OPTIONS,
	data: { type: "string" },
	users: { type: "string" },
	seed: { type: "string", default: "1" },
	targets: { type: "string" },
	since: { type: "string" },
	"keep-seen": { type: "boolean", default: false },
	"no-encoder": { type: "boolean", default: false },
	concurrency: { type: "string", default: "8" },
	json: { type: "string" },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	if (values.data === undefined) throw new UsageError("--data is missing");
	const concurrency = numberOf("concurrency", values.concurrency, { min: 1, max: 256 });
	const users = values.users === undefined ? Number.MAX_SAFE_INTEGER : numberOf("users", values.users, { min: 1 });
	const since = values.since === undefined ? 0 : secondsOf("since", values.since);
	const seed = numberOf("seed", values.seed);
	const data = await readHeldOut(existingPathOf(values.data, "either"), since);
	const wanted = values.targets === undefined ? null : new Set(linesOf(existingPathOf(values.targets, "file")));
	const asked = wanted === null ? data.cases : data.cases.filter(({ target }) => wanted.has(target));
	const cases = sampleOf(asked, users, seed);
	const keepsSeen = values["keep-seen"] || data.keepsSeen;
	const progress = createProgress("evaluate");
	// Few tries: a request that fails is counted, and a server that went away must not hold the rest up for minutes.
	const client = createClient(values.to, { retryDelaysMs: [500, 2000] });
	try {
		const isPersonal = await waitUntilWarm(client, cases, progress);
		const measure = async (label: string, parts: readonly ["encoder"] | null) => {
			const onProgress = (done: number, failed: number) =>
				progress.show(done / cases.length, `${label} ${done} of ${cases.length}${failed > 0 ? `, ${failed} failed` : ""}`);
			const answers = await askAll(client, cases, { keepsSeen, concurrency, parts, onProgress });
			progress.end();
			if (answers.firstFailure !== null) console.error(`${answers.failed} requests failed, the first: ${answers.firstFailure}`);
			return answers;
		};
		const served = await measure("served", null);
		const encoder = values["no-encoder"] || !isPersonal ? null : await measure("encoder alone", ["encoder"]);
		const figures = {
			...figuresOf(served, data.items),
			...(encoder !== null && prefixed("encoder.", figuresOf(encoder, data.items))),
		};
		const release = [...served.releases].join(", ") || null;
		const result = {
			...figures,
			protocol: {
				...(await protocolOf(client, release, data, keepsSeen)),
				data: basename(values.data),
				...(values.targets !== undefined && { targets: basename(values.targets) }),
				concurrency,
				users: cases.length,
			},
			...(values.users !== undefined && { seed }),
			release,
			date: new Date().toISOString(),
			command: `edgeshelf evaluate ${args.map((arg) => (isAbsolute(arg) ? basename(arg) : arg)).join(" ")}`,
			machine: machineOf(),
		};
		console.log(
			formatTable(
				["figure", "value"],
				Object.entries(figures).map(([name, value]) => [name, roundedText(value)]),
			),
		);
		console.log(
			`release ${release ?? "none"}, ${Object.entries(result.protocol)
				.map(([name, value]) => `${name} ${value}`)
				.join(", ")}`,
		);
		if (values.json !== undefined) writeFileSync(pathOf(values.json), `${JSON.stringify(result, null, "\t")}\n`);
		return served.failed + (encoder?.failed ?? 0) > 0 ? 1 : 0;
	} finally {
		progress.end();
	}
}

const linesOf = (path: string) => readFileSync(path, "utf8").split(/\r?\n/).filter(Boolean);

/** @returns whether the encoder answers */
async function waitUntilWarm(client: Client, cases: readonly HeldOut[], progress: Progress): Promise<boolean> {
	if (cases.length === 0) throw new CommandFailure("the data holds no history with an item after it");
	const source = await warmUp(client, cases);
	if (source !== "personal") progress.say(`the server answers from "${source}" only, not from the encoder; measuring that alone`);
	return source === "personal";
}

/** Split and seen items as measured here; boundary and what the release may read as its manifest says. */
async function protocolOf(client: Client, release: string | null, { split }: HeldOutData, keepsSeen: boolean) {
	const measured = { split, candidates: "full", seen: keepsSeen ? "kept" : "filtered" };
	try {
		if (release === null) return measured;
		const { manifest } = await client.call(ReleaseAnswer, "GET", `/admin/releases/${release}`);
		return { ...measured, boundary: manifest?.trainedOn.boundary ?? "unknown", reads: manifest?.metrics.protocol.reads ?? "unknown" };
	} catch (thrown) {
		if (thrown instanceof CommandFailure) return measured;
		throw thrown;
	}
}

const prefixed = (prefix: string, figures: Readonly<Record<string, number | null>>) =>
	Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name}`, value]));

const roundedText = (value: number | null): string =>
	value === null ? "-" : Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) >= 1 ? 1 : 4);

export const evaluateCommand: Command = { summary: "measure the recommendations through HTTP", help, run };
