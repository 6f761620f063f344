import * as v from "valibot";
import { GateReport, ReleaseId } from "./release.ts";

/** Time for which a claim holds without a heartbeat, seconds. */
export const LEASE_SECONDS = 120;

/** Attempts after which a run that was failed or lost is not offered again. */
export const RUN_ATTEMPTS_MAX = 3;

/** Stage of an open run for which a provider was asked to start a job. */
export const RUN_CALLED_STAGE = "called";

/** open -> claimed -> finished; a run that is failed or whose lease is lost opens again until its attempts are used up: failed. */
export const RUN_STATES = ["open", "claimed", "finished", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_REASONS = ["events", "age", "drift", "operator"] as const;

export const OpenRunRequest = v.strictObject({ reason: v.optional(v.picklist(RUN_REASONS), "operator") });
export const ClaimRequest = v.strictObject({ worker: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) });
const Lease = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
export const HeartbeatRequest = v.strictObject({
	lease: Lease,
	progress: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
	stage: v.pipe(v.string(), v.maxLength(60)),
});
export const FinishRequest = v.strictObject({ lease: Lease, release: ReleaseId, gate: v.nullable(GateReport) });
export const FailRequest = v.strictObject({ lease: Lease, message: v.pipe(v.string(), v.maxLength(2000)) });

export const Run = v.strictObject({
	id: v.string(),
	state: v.picklist(RUN_STATES),
	reason: v.picklist(RUN_REASONS),
	openedAt: v.number(),
	worker: v.nullable(v.string()),
	leaseUntil: v.nullable(v.number()),
	attempts: v.number(),
	progress: v.number(),
	stage: v.nullable(v.string()),
	finishedAt: v.nullable(v.number()),
	release: v.nullable(v.string()),
	message: v.nullable(v.string()),
	gate: v.nullable(GateReport),
});
export type Run = v.InferOutput<typeof Run>;
