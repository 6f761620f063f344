import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Run } from "../../src/contract/run.ts";
import { ClaimAnswer } from "../answers.ts";
import { configOf, numberOf, parseArguments, pathOf, SERVER_OPTIONS } from "../arguments.ts";
import { CACHE_FOLDER } from "../cache.ts";
import { type Client, createClient, parseAnswer } from "../client.ts";
import { type Command, CommandFailure } from "../outcome.ts";
import { preparePython } from "../python.ts";
import { startTrainer } from "../trainer.ts";
import { executeRun } from "../worker/execute-run.ts";
import { formatEnd } from "../worker/format-end.ts";

const help = `edgeshelf work [options]

The training worker: claims a run, downloads the event log, the catalogue and the active release, trains, uploads the
release and asks the gate to activate it. Needs nothing but the Worker's address and a token.

  --to URL       the Worker (default http://127.0.0.1:8787)
  --once         do one run, or say that there is none, and end
  --open         open a run first
  --interval S   seconds between two looks for a run (default 60)
  --config X     the trainer's settings: a preset's name or a JSON file
  --dir DIR      where downloads go while a run lasts (default .cache/edgeshelf/work)`;

const OPTIONS = {
	...SERVER_OPTIONS,
	once: { type: "boolean", default: false },
	open: { type: "boolean", default: false },
	interval: { type: "string", default: "60" },
	config: { type: "string" },
	dir: { type: "string" },
} as const;

async function run(args: readonly string[]): Promise<number> {
	const { values } = parseArguments(args, OPTIONS);
	const intervalMs = numberOf("interval", values.interval, { min: 1, max: 86_400 }) * 1000;
	const folder = values.dir === undefined ? join(CACHE_FOLDER, "work") : pathOf(values.dir);
	const config = values.config === undefined ? null : configOf(values.config);
	const say = (line: string) => console.error(`work: ${line}`);
	const client = createClient(values.to, { onRetry: (reason) => say(`${reason}; trying again`) });
	const stop = stopOnSignal();
	// Before a run is claimed: without a trainer there is no use in taking one from others.
	await preparePython();
	if (values.open) say(`opened run ${(await client.call(Run, "POST", "/admin/runs", { reason: "operator" })).id}`);
	while (!stop.aborted) {
		const claim = await claimRun(client, values.once, say);
		if (claim === null && values.once) {
			console.log("there is no open run");
			return 0;
		}
		if (claim === null) {
			await delay(intervalMs, undefined, { signal: stop }).catch(() => {});
			continue;
		}
		say(`claimed run ${claim.run.id} (${claim.run.reason}, attempt ${claim.run.attempts})`);
		const end = await executeRun(client, claim, { folder: join(folder, `run-${claim.run.id}`), startTrainer, config, stop, say });
		console.log(formatEnd(end));
		if (values.once) return end.kind === "failed" || end.kind === "lost" ? 1 : 0;
	}
	return 0;
}

/** @returns null when there is nothing to do; a worker that stays also outlives a server that is away */
async function claimRun(client: Client, once: boolean, say: (line: string) => void) {
	const body = JSON.stringify({ worker: `${hostname()}:${process.pid}`.slice(-100) });
	try {
		const { status, bytes } = await client.send("POST", "/admin/runs/claim", { body });
		return status === 204 ? null : parseAnswer(ClaimAnswer, "POST /admin/runs/claim", bytes);
	} catch (thrown) {
		if (once || !(thrown instanceof CommandFailure)) throw thrown;
		say(thrown.message);
		return null;
	}
}

/** The first SIGINT or SIGTERM asks for an orderly end; a second one ends at once. */
function stopOnSignal(): AbortSignal {
	const stop = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
	return stop.signal;
}

export const workCommand: Command = { summary: "train what the Worker asks for, on this machine", help, run };
