import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { GateReport } from "../../src/contract/release.ts";
import { Run } from "../../src/contract/run.ts";
import { type ClaimAnswer, PointerAnswer } from "../answers.ts";
import { AnswerFailure, type Client } from "../client.ts";
import { CommandFailure } from "../outcome.ts";
import { type ReleaseFolder, readReleaseFolder } from "../release-folder.ts";
import { type Trainer, trainerArguments } from "../trainer.ts";
import { uploadRelease } from "../upload-release.ts";
import { downloadActiveRelease, downloadCatalogue, downloadEvents } from "./download.ts";
import { keepLease, type LeaseLost } from "./lease.ts";

/** How a run ended. All but `failed` are good ends for the worker. */
export type RunEnd =
	| { readonly kind: "active" | "canary"; readonly release: string; readonly gate: GateReport | null; readonly pointer: PointerAnswer }
	| { readonly kind: "refused"; readonly release: string; readonly gate: GateReport | null; readonly message: string }
	| { readonly kind: "lost"; readonly message: string }
	| { readonly kind: "failed"; readonly message: string };

export type ExecuteOptions = {
	/** Made for this run and removed with all downloads when it ends: the log must not lie about. */
	readonly folder: string;
	readonly startTrainer: (args: readonly string[]) => Promise<Trainer>;
	/** The trainer's `--config`; null: its default. */
	readonly config: string | null;
	/** Aborted when the operator stops the worker. */
	readonly stop: AbortSignal;
	readonly heartbeatIntervalMs?: number;
	readonly say: (line: string) => void;
};

/** Longest message that the server keeps of a failure, characters. */
const MESSAGE_MAX_LENGTH = 2000;

/** Does a claimed run from download to activation, and tells the server when it fails. */
export async function executeRun(
	client: Client,
	{ run, lease }: v.InferOutput<typeof ClaimAnswer>,
	options: ExecuteOptions,
): Promise<RunEnd> {
	const progressFile = join(options.folder, "progress.jsonl");
	const kept = keepLease(client, run.id, lease, {
		progressFile,
		onTrouble: (message) => options.say(`heartbeat: ${message}`),
		...(options.heartbeatIntervalMs !== undefined && { intervalMs: options.heartbeatIntervalMs }),
	});
	const signal = AbortSignal.any([options.stop, kept.lost]);
	let isFinished = false;
	try {
		rmSync(options.folder, { recursive: true, force: true });
		mkdirSync(join(options.folder, "data"), { recursive: true });
		const { release, gate } = await train(client, options, progressFile, signal);
		options.say(`uploading ${release.id}`);
		await uploadRelease(client, release, () => signal.throwIfAborted());
		await client.call(Run, "POST", `/admin/runs/${run.id}/finish`, { lease, release: release.id, gate }, { idempotent: true });
		isFinished = true;
		return await activate(client, run.id, release.id, gate);
	} catch (thrown) {
		if (isFinished && thrown instanceof CommandFailure)
			return { kind: "failed", message: `finished, but not activated: ${thrown.message}` };
		if (kept.lost.aborted) return { kind: "lost", message: (kept.lost.reason as LeaseLost).message };
		const message = options.stop.aborted ? "the worker was stopped" : thrown instanceof CommandFailure ? thrown.message : null;
		await tellFailure(client, run.id, lease, message ?? "the worker failed", options.say);
		if (message === null) throw thrown;
		return { kind: "failed", message };
	} finally {
		kept.release();
		rmSync(options.folder, { recursive: true, force: true });
	}
}

async function train(
	client: Client,
	{ folder, startTrainer, config, say }: ExecuteOptions,
	progressFile: string,
	signal: AbortSignal,
): Promise<{ readonly release: ReleaseFolder; readonly gate: GateReport | null }> {
	const [data, out, baseline] = ["data", "out", "baseline"].map((name) => join(folder, name)) as [string, string, string];
	const events = await downloadEvents(client, data, signal);
	const products = await downloadCatalogue(client, data, signal);
	const active = await downloadActiveRelease(client, baseline, signal);
	say(`${events} events, ${products} products, ${active === null ? "no active release" : `active release ${active}`}`);
	signal.throwIfAborted();
	const trainer = await startTrainer(
		trainerArguments({
			data,
			out,
			boundary: "refit",
			progress: progressFile,
			...(active !== null && { baseline }),
			...(config !== null && { config }),
		}),
	);
	const stop = () => trainer.stop();
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop);
	const { code, lastLine } = await trainer.ended;
	signal.throwIfAborted();
	if (code !== 0) throw new CommandFailure(lastLine || `the trainer ended with code ${code}`);
	return { release: readReleaseFolder(out), gate: readGate(join(out, "gate.json")) };
}

/** @returns null when the trainer had no release to compare with @throws CommandFailure for a report of another shape */
function readGate(path: string): GateReport | null {
	if (!existsSync(path)) return null;
	const parsed = v.safeParse(GateReport, JSON.parse(readFileSync(path, "utf8")));
	if (!parsed.success) throw new CommandFailure(`gate.json: ${v.getDotPath(parsed.issues[0]) ?? "it"}: ${parsed.issues[0].message}`);
	return parsed.output;
}

async function activate(client: Client, run: string, release: string, gate: GateReport | null): Promise<RunEnd> {
	try {
		const path = `/admin/releases/${release}/activate`;
		const pointer = await client.call(PointerAnswer, "POST", path, { by: "gate", run }, { idempotent: true });
		return { kind: pointer.active === release ? "active" : "canary", release, gate, pointer };
	} catch (thrown) {
		if (thrown instanceof AnswerFailure && thrown.code === "gate_refused")
			return { kind: "refused", release, gate, message: thrown.reason };
		throw thrown;
	}
}

/** The server may be what failed: then it finds out when the lease runs out. */
async function tellFailure(client: Client, run: string, lease: string, message: string, say: (line: string) => void): Promise<void> {
	try {
		const body = { lease, message: message.slice(0, MESSAGE_MAX_LENGTH) };
		await client.call(Run, "POST", `/admin/runs/${run}/fail`, body, { idempotent: true });
	} catch (thrown) {
		if (!(thrown instanceof CommandFailure)) throw thrown;
		say(`the failure could not be reported: ${thrown.message}`);
	}
}
