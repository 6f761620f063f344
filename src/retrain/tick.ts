import { RUN_CALLED_STAGE, type Run } from "../contract/run.ts";
import { type RetrainPolicy, shouldRetrain } from "./policy.ts";
import type { CallProvider, RunRegistry, SignalReader } from "./ports.ts";

export type RetrainTickPorts = {
	readonly runs: Pick<RunRegistry, "open" | "list" | "reopenLostLeases" | "markCalled">;
	readonly signals: SignalReader;
	readonly policy: RetrainPolicy;
	/** null: workers look for runs themselves. */
	readonly callProvider: CallProvider | null;
};

export type RetrainTick = {
	/** Why a run was opened; null when none was. */
	readonly opened: Run["reason"] | null;
	/** The provider said that it starts a job. */
	readonly called: boolean;
};

/**
 * Opens a run when the policy wants one, and asks the provider for a job for a run that waits, until it has said yes once:
 * a run that opens again after a lost lease is asked for anew. Safe to repeat; two ticks at once open one run.
 */
export async function retrainTick({ runs, signals, policy, callProvider }: RetrainTickPorts, now: number): Promise<RetrainTick> {
	await runs.reopenLostLeases(now);
	const unfinished = (await runs.list()).find(({ state }) => state === "open" || state === "claimed");
	const reason = unfinished === undefined ? shouldRetrain(await signals.read(now), policy, now) : null;
	const waiting = reason === null ? unfinished : await runs.open({ reason }, now);
	if (callProvider === null || waiting?.state !== "open" || waiting.stage === RUN_CALLED_STAGE) return { opened: reason, called: false };
	const called = await callProvider(waiting, now);
	if (called) await runs.markCalled(waiting.id);
	return { opened: reason, called };
}
