import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { LEASE_SECONDS, Run } from "../../src/contract/run.ts";
import { AnswerFailure, type Client } from "../client.ts";
import { CommandFailure } from "../outcome.ts";

/** A quarter of the lease: two lost heartbeats do not lose the run. */
export const HEARTBEAT_INTERVAL_MS = (LEASE_SECONDS / 4) * 1000;

/** The run was given to another worker, or ended; whatever is still done for it would be in vain. */
export class LeaseLost extends Error {}

const ProgressLine = v.object({ progress: v.pipe(v.number(), v.minValue(0), v.maxValue(1)), stage: v.string() });

/** What the trainer last wrote to its progress file; null before it wrote anything that can be read. */
export function lastProgress(path: string): v.InferOutput<typeof ProgressLine> | null {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch {
		return null;
	}
	for (const line of text.trimEnd().split("\n").reverse()) {
		try {
			return v.parse(ProgressLine, JSON.parse(line));
		} catch {
			// The last line may be half written; the one before it will do.
		}
	}
	return null;
}

type LeaseOptions = {
	readonly progressFile: string;
	readonly intervalMs?: number;
	readonly onTrouble: (message: string) => void;
};

/**
 * Keeps a lease alive until it is released.
 * @returns `lost`, aborted with `LeaseLost` once the server no longer honours the lease
 */
export function keepLease(
	client: Client,
	runId: string,
	lease: string,
	options: LeaseOptions,
): { readonly lost: AbortSignal; readonly release: () => void } {
	const lost = new AbortController();
	const released = new AbortController();
	const beat = async () => {
		const { progress, stage } = lastProgress(options.progressFile) ?? { progress: 0, stage: "preparing" };
		const body = { lease, progress, stage: stage.slice(0, 60) };
		try {
			await client.call(Run, "POST", `/admin/runs/${runId}/heartbeat`, body, { idempotent: true });
		} catch (thrown) {
			if (thrown instanceof AnswerFailure && (thrown.status === 404 || thrown.status === 409)) lost.abort(new LeaseLost(thrown.reason));
			else if (thrown instanceof CommandFailure) options.onTrouble(thrown.message);
			else throw thrown;
		}
	};
	const loop = async () => {
		while (!lost.signal.aborted) {
			try {
				await delay(options.intervalMs ?? HEARTBEAT_INTERVAL_MS, undefined, { signal: released.signal });
			} catch {
				return; // Released.
			}
			await beat();
		}
	};
	void loop();
	return { lost: lost.signal, release: () => released.abort() };
}
