import type * as v from "valibot";
import type { Result } from "../contract/result.ts";
import type { Failure } from "../contract/errors.ts";
import type { ActivateRequest, ActivePointer, Manifest } from "../contract/release.ts";
import type { ClaimRequest, FailRequest, FinishRequest, HeartbeatRequest, OpenRunRequest, Run } from "../contract/run.ts";

export type ReleaseSummary = {
	readonly id: string;
	readonly state: "uploading" | "ready" | "refused";
	readonly note: string | null;
	readonly uploadedAt: number;
	readonly manifest: Manifest | null;
	readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
};

/** What the admin routes ask of the release registry. Expected refusals are values. */
export interface ReleaseRegistry {
	/** Takes one file; the manifest comes last and is checked against all others. */
	put(id: string, file: string, body: Uint8Array, now: number): Promise<Result<{ readonly state: ReleaseSummary["state"] }, Failure>>;
	list(): Promise<readonly ReleaseSummary[]>;
	get(id: string): Promise<ReleaseSummary | null>;
	file(id: string, name: string): Promise<ReadableStream<Uint8Array> | null>;
	/** Verifies the stored files as the serving path would load them, applies the gate when it is to decide, moves the pointer. */
	activate(id: string, request: v.InferOutput<typeof ActivateRequest>, token: string, now: number): Promise<Result<ActivePointer, Failure>>;
	rollback(token: string, now: number): Promise<Result<ActivePointer, Failure>>;
	pointer(): Promise<ActivePointer>;
}

export interface RunRegistry {
	open(request: v.InferOutput<typeof OpenRunRequest>, now: number): Promise<Run>;
	/** The oldest open run, or one whose lease was lost; null when there is none. */
	claim(request: v.InferOutput<typeof ClaimRequest>, now: number): Promise<{ readonly run: Run; readonly lease: string } | null>;
	heartbeat(id: string, request: v.InferOutput<typeof HeartbeatRequest>, now: number): Promise<Result<Run, Failure>>;
	/** Finishing twice with the same release changes nothing and succeeds. */
	finish(id: string, request: v.InferOutput<typeof FinishRequest>, now: number): Promise<Result<Run, Failure>>;
	fail(id: string, request: v.InferOutput<typeof FailRequest>, now: number): Promise<Result<Run, Failure>>;
	list(): Promise<readonly Run[]>;
}
