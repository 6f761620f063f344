import type * as v from "valibot";
import type { Failure } from "../contract/errors.ts";
import type { ActivateRequest, ActivePointer, ByteRange, Manifest, PagedFile, Popular, StoredRelease } from "../contract/release.ts";
import type { Result } from "../contract/result.ts";
import type { ClaimRequest, FailRequest, FinishRequest, HeartbeatRequest, OpenRunRequest, Run } from "../contract/run.ts";

export type StoredFile = { readonly name: string; readonly sha256: string; readonly bytes: number };

/**
 * A file and the shards that the store may hold of it: none has a number of `shards` or more. Where they are fewer than its
 * bytes need, some were taken out, and the content is in the archive alone; where they are more, those of an upload before
 * are still there.
 */
export type ShardedFile = StoredFile & { readonly shards: number };

/** Enters that the store may hold this many shards of a file; called before the first of them that may be new is written. */
type Hold = (shards: number) => Promise<void>;

export type ReleaseState = "uploading" | "ready" | "refused";

export type ReleaseSummary = {
	readonly id: string;
	readonly state: ReleaseState;
	readonly note: string | null;
	readonly uploadedAt: number;
	readonly manifest: Manifest | null;
	/** All but the manifest. */
	readonly files: readonly StoredFile[];
};

/** What the admin routes ask of the release registry. Expected refusals are values. */
export interface ReleaseRegistry {
	/**
	 * Takes one file; the manifest comes last and is checked against all others.
	 * @param body read piece by piece: a file may be larger than an isolate should hold. What it throws passes through
	 */
	put(id: string, file: string, body: AsyncIterable<Uint8Array>, now: number): Promise<Result<{ readonly state: ReleaseState }, Failure>>;
	list(): Promise<readonly ReleaseSummary[]>;
	get(id: string): Promise<ReleaseSummary | null>;
	/** The manifest is given as it was uploaded, byte for byte. */
	file(id: string, name: string): Promise<ReadableStream<Uint8Array> | null>;
	/** Verifies the stored files as the serving path would load them, applies the gate when it is to decide, moves the pointer. */
	activate(id: string, request: v.InferOutput<typeof ActivateRequest>, token: string, now: number): Promise<Result<ActivePointer, Failure>>;
	rollback(token: string, now: number): Promise<Result<ActivePointer, Failure>>;
	pointer(): Promise<ActivePointer>;
}

export interface RunRegistry {
	/** Opens a run, or gives the one that is open or claimed already. */
	open(request: v.InferOutput<typeof OpenRunRequest>, now: number): Promise<Run>;
	/** The oldest open run, or one whose lease was lost; null when there is none. */
	claim(request: v.InferOutput<typeof ClaimRequest>, now: number): Promise<{ readonly run: Run; readonly lease: string } | null>;
	heartbeat(id: string, request: v.InferOutput<typeof HeartbeatRequest>, now: number): Promise<Result<Run, Failure>>;
	/** Finishing twice with the same release changes nothing and succeeds. */
	finish(id: string, request: v.InferOutput<typeof FinishRequest>, now: number): Promise<Result<Run, Failure>>;
	/** Gives the run back; it fails for good with its RUN_ATTEMPTS_MAX-th attempt. */
	fail(id: string, request: v.InferOutput<typeof FailRequest>, now: number): Promise<Result<Run, Failure>>;
	/** Latest first. */
	list(): Promise<readonly Run[]>;
	get(id: string): Promise<Run | null>;
	/** Reopens runs whose lease has ended, or fails them when no attempt is left. @returns runs touched */
	reopenLostLeases(now: number): Promise<number>;
	/** Notes that a provider was asked to start a job for an open run. */
	markCalled(id: string): Promise<void>;
}

/** What the shop asks of every release. */
export type ReleaseTerms = {
	/** Fewest distinct visitors behind a pair of a count table. */
	readonly kPairMin: number;
	/** Largest epsilon that a release may have been trained at; null: it need not be under differential privacy. */
	readonly epsilonMax: number | null;
};

/** The files' content, under keys made of release, name and shard. */
export interface ReleaseFiles {
	/**
	 * Stores one file for serving, in shards, and in the archive. What the same name held is replaced.
	 * @throws what `body` throws; then the name holds nothing of use
	 */
	write(id: string, name: string, body: AsyncIterable<Uint8Array>, hold: Hold): Promise<ShardedFile>;
	/** Hash of content that is not stored, hex. */
	sha256(body: AsyncIterable<Uint8Array>): Promise<string>;
	/** The shards in order where all are there, else the archived copy; null when neither is. */
	read(id: string, file: Unhashed): Promise<ReadableStream<Uint8Array> | null>;
	/** Parts of what the shards hold: of each range its bytes, or as many as there are; null when one is missing. */
	parts(id: string, name: PagedFile, ranges: readonly ByteRange[]): Promise<readonly (Uint8Array | null)[]>;
	/** Hash and length of what the shards hold now, without the archive; null when one is missing. */
	digest(id: string, file: Unhashed): Promise<Omit<StoredFile, "name"> | null>;
	/** Writes the shards anew from the archive. @returns their number; null when the archive has no such file */
	restore(id: string, name: string, hold: Hold): Promise<number | null>;
	/** The manifest, for the archive alone: the registry holds it. */
	archive(id: string, name: string, text: string): Promise<void>;
	/** Deletes the shards `from` to `to - 1`, all at once. @throws when one could not be deleted; others may be gone */
	removeShards(id: string, name: string, from: number, to: number): Promise<void>;
}

type Unhashed = Omit<ShardedFile, "sha256">;

export type ReleaseRow = Omit<ReleaseSummary, "files"> & {
	/** As uploaded. */
	readonly manifestText: string | null;
	/** Those that were stored to their end. */
	readonly files: readonly ShardedFile[];
};

/** Shards of a file that the store may hold, be it whole or what an upload left that broke off. */
export type HeldShards = { readonly release: string; readonly name: string; readonly shards: number };

/** What is known of each release, apart from the content. */
export interface ReleaseRows {
	/** Newest upload first. */
	list(): Promise<readonly ReleaseRow[]>;
	get(id: string): Promise<ReleaseRow | null>;
	/** Begins a file: the release is being uploaded, and does not have the file until `fileStored`. */
	fileBegun(id: string, name: string, now: number): Promise<void>;
	/** Enters a file's content. Like `shardsHeld`, it never lowers the number of shards. */
	fileStored(id: string, file: ShardedFile): Promise<void>;
	/** Enters that the store may hold this many shards of a file, or more if it is known to. */
	shardsHeld(id: string, name: string, shards: number): Promise<void>;
	/**
	 * Lowers the number of a file's shards to `to`, once the others are deleted.
	 * @returns false where it is no longer that of `held`, or the release has been in use since `idleSince`: nothing has changed
	 */
	shardsRemoved(held: HeldShards, to: number, idleSince: number): Promise<boolean>;
	/** What the store may hold of releases that were not in use since `idleSince`, other than the `keep` newest; oldest upload first. */
	heldShards(keep: number, idleSince: number): Promise<readonly HeldShards[]>;
	ready(id: string, manifestText: string, now: number): Promise<void>;
	/** @param note names the file and what is wrong with it */
	refused(id: string, note: string, now: number): Promise<void>;
	/** Notes that the files are about to be verified, and written anew where need be. */
	verifying(id: string, now: number): Promise<void>;
}

/** One line of the history of what was made active. */
export type Activation = {
	readonly release: string;
	readonly action: "activate" | "canary" | "rollback" | "refuse";
	readonly by: "gate" | "operator";
	/** Name of the admin token that asked. */
	readonly token: string;
	readonly share: number;
	readonly run: string | null;
	readonly note: string | null;
	readonly at: number;
};

export interface PointerStore {
	/** All null before the first activation. */
	read(): Promise<ActivePointer>;
	/**
	 * Moves the pointer in one transaction with its history and with the lists that answer without a release.
	 * @param popular of the release that becomes active; null leaves the lists as they are
	 * @returns false when the pointer was no longer `from`: nothing has changed
	 */
	move(from: ActivePointer, to: ActivePointer, entry: Activation, popular: Popular | null): Promise<boolean>;
	/** Notes what did not move the pointer. */
	record(entry: Activation): Promise<void>;
}

/** Loads stored files as the serving path would, and says which one it could not take. */
export type VerifyRelease = (
	manifest: Manifest,
	stored: StoredRelease,
) => Promise<Result<null, { readonly file: string; readonly message: string }>>;

export type ReleasePorts = {
	readonly rows: ReleaseRows;
	readonly files: ReleaseFiles;
	readonly pointer: PointerStore;
	readonly runs: Pick<RunRegistry, "get">;
	readonly verify: VerifyRelease;
	readonly terms: ReleaseTerms;
};

/** Visitors by category name, as counted over some days. */
export type CategoryCounts = Readonly<Record<string, number>>;

/** What the retrain policy judges by. */
export type RetrainSignals = {
	/** When the active release was made, unix seconds; null while none is active. */
	readonly activeCreatedAt: number | null;
	/** Events in the log that came after the active release's last training event. */
	readonly newEvents: number;
	/** When the latest run was opened, unix seconds; null before the first. */
	readonly lastRunOpenedAt: number | null;
	/** Visitors of the last days by category, where a crowd came. */
	readonly recent: CategoryCounts;
	/** The same over days up to the active release's last training event. */
	readonly trained: CategoryCounts;
};

export interface SignalReader {
	read(now: number): Promise<RetrainSignals>;
}

/** Asks a provider to start a job for a run. @returns whether it said yes; it never throws */
export type CallProvider = (run: Run, now: number) => Promise<boolean>;
