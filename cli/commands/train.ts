import { choiceOf, configOf, existingPathOf, numberOf, parseArguments, pathOf } from "../arguments.ts";
import { type Command, UsageError } from "../outcome.ts";
import { startTrainer, trainerArguments } from "../trainer.ts";

const help = `edgeshelf train --data DIR --out DIR [options]

Trains a release from a folder of sessions or events, on the GPU where there is one. Makes the trainer's Python
environment on first use.

  --data DIR             sequences.txt.gz, train_sessions.txt.gz, events.csv.gz or events.ndjson.gz, with items or catalogue
  --out DIR              where the release goes
  --boundary tune|refit  hold the last but one item out (tune), or train on all but the last with settings frozen (refit)
  --tune-out DIR         where the release that was measured before a refit goes as well
  --quantisation-out DIR where the encoder goes in each precision, with what each costs
  --baselines WHICH      measure published baselines too: counted, or all with a plain SASRec, which takes long
  --baseline DIR         a release to compare with: writes gate.json
  --config X             settings: a preset's name or a JSON file
  --keep-seen            items of the history may be recommended
  --progress FILE        append progress lines as JSON
  --seed N`;

const OPTIONS = {
	data: { type: "string" },
	out: { type: "string" },
	boundary: { type: "string" },
	"tune-out": { type: "string" },
	"quantisation-out": { type: "string" },
	baselines: { type: "string" },
	baseline: { type: "string" },
	config: { type: "string" },
	"keep-seen": { type: "boolean", default: false },
	seed: { type: "string" },
	progress: { type: "string" },
} as const;

function missing(flag: string): never {
	throw new UsageError(`--${flag} is missing`);
}

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	const trainer = await startTrainer(
		trainerArguments({
			data: existingPathOf(values.data ?? missing("data"), "folder"),
			out: pathOf(values.out ?? missing("out")),
			...(values.boundary !== undefined && { boundary: choiceOf("boundary", values.boundary, ["tune", "refit"]) }),
			...(values["tune-out"] !== undefined && { "tune-out": pathOf(values["tune-out"]) }),
			...(values["quantisation-out"] !== undefined && { "quantisation-out": pathOf(values["quantisation-out"]) }),
			...(values.baselines !== undefined && { baselines: choiceOf("baselines", values.baselines, ["counted", "all"]) }),
			...(values.baseline !== undefined && { baseline: existingPathOf(values.baseline, "folder") }),
			...(values.config !== undefined && { config: configOf(values.config) }),
			...(values["keep-seen"] && { "keep-seen": true as const }),
			...(values.seed !== undefined && { seed: String(numberOf("seed", values.seed)) }),
			...(values.progress !== undefined && { progress: pathOf(values.progress) }),
		}),
		"terminal",
	);
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => trainer.stop());
	return (await trainer.ended).code;
}

export const trainCommand: Command = { summary: "train a release from sessions or events", help, run };
