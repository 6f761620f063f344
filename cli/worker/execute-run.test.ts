import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeReleaseFiles } from "../../test/unit/release-files.ts";
import { type Received, type Reply, type StandIn, startStandIn } from "../../test/unit/stand-in-server.ts";
import { createClient } from "../client.ts";
import { startProcess, type Trainer } from "../trainer.ts";
import { type ExecuteOptions, executeRun } from "./execute-run.ts";
import { formatEnd } from "./format-end.ts";

const RUN = {
	id: "run-1",
	state: "claimed",
	reason: "operator",
	openedAt: 1,
	worker: "w",
	leaseUntil: 2,
	attempts: 1,
	progress: 0,
	stage: null,
	finishedAt: null,
	release: null,
	message: null,
	gate: null,
} as const;
const CLAIM = { run: RUN, lease: "lease-1" };
const CONTEXT = { region: "unknown", device: "unknown", daypart: "unknown", weekday: "unknown", referrer: "unknown" };
const LINE = { v: 1, id: "event-0000000001", type: "view", item: "a", at: 5, receivedAt: 6, session: "00ff", context: CONTEXT };

let folder: string;
let baselineId: string;
let server: StandIn;
/** Replies that a test sets in place of the usual ones, by "METHOD path" without what varies. */
let replies: Record<string, Reply | (() => Reply)>;
let uploaded: string[];

const gateOf = (baseline: string) => ({
	splitHash: "s",
	testFrom: 1,
	testTargets: 600,
	baselineRelease: baseline,
	candidate: { "ndcg@10": 0.05 },
	baseline: { "ndcg@10": 0.04 },
	differenceRelative: { mean: 0.25, lower95: 0.1, upper95: 0.4 },
	bootstrapSamples: 1000,
	seed: 1,
});

function answer({ method, path }: Received): Reply {
	const url = new URL(path, "http://x");
	const active = /^\/admin\/releases\/([^/]+)\/([^/]+)$/.exec(url.pathname);
	const key = `${method} ${active?.[2] === "activate" ? "activate" : url.pathname}`;
	const set = replies[key];
	if (set !== undefined) return typeof set === "function" ? set() : set;
	const pointer = { active: baselineId, previous: null, canary: null, canaryShare: 0, updatedAt: 1 };
	if (key === "GET /admin/events")
		return url.searchParams.has("cursor") ? [200, { lines: [], cursor: null }] : [200, { lines: [LINE], cursor: "1" }];
	if (key === "GET /admin/catalogue") return [200, { products: [{ id: "a", title: "A", version: 7 }], cursor: null, version: 7 }];
	if (key === "GET /admin/releases") return [200, { releases: [], pointer }];
	if (key === `GET /admin/releases/${baselineId}`) {
		const manifest = JSON.parse(readFileSync(join(folder, "served", "manifest.json"), "utf8")) as unknown;
		return [200, { id: baselineId, state: "ready", note: null, uploadedAt: 1, manifest, files: [] }];
	}
	if (method === "GET" && active !== null) return [200, readFileSync(join(folder, "served", active[2] as string))];
	if (method === "PUT" && active !== null) {
		uploaded.push(active[2] as string);
		return [200, { state: active[2] === "manifest.json" ? "ready" : "uploading" }];
	}
	if (/heartbeat|finish|fail/.test(key)) return [200, RUN];
	return [404];
}

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "edgeshelf-work-"));
	baselineId = writeReleaseFiles(join(folder, "served"), "baseline");
	replies = {};
	uploaded = [];
	server = await startStandIn(answer);
});
afterEach(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

const bodiesOf = (path: string) => server.received.filter((each) => each.path === path).map(({ body }) => JSON.parse(body) as unknown);

function execute(startTrainer: ExecuteOptions["startTrainer"], options: Partial<ExecuteOptions> = {}) {
	const client = createClient(server.url, { token: "t", retryDelaysMs: [] });
	return executeRun(client, CLAIM, {
		folder: join(folder, "run"),
		startTrainer,
		config: null,
		stop: new AbortController().signal,
		say: () => {},
		...options,
	});
}

/** A real process in the trainer's place. */
const node = (script: string): Trainer => startProcess(process.execPath, ["-e", script], folder, "remembered");
/** Trains at once: the release lies in the folder named by --out. */
function trainsAt(args: readonly string[], seed = "candidate"): { id: string; trainer: Trainer } {
	const out = args[args.indexOf("--out") + 1] as string;
	const id = writeReleaseFiles(out, seed);
	writeFileSync(join(out, "gate.json"), JSON.stringify(gateOf(baselineId)));
	return { id, trainer: node("") };
}

test("downloads, trains against the active release, uploads the manifest last, finishes with the gate report and activates", async () => {
	const seen: Record<string, unknown> = {};
	let id = "";
	replies["POST activate"] = () => [200, { active: id, previous: baselineId, canary: null, canaryShare: 0, updatedAt: 2 }];
	const end = await execute(async (args) => {
		const pathOf = (flag: string) => args[args.indexOf(`--${flag}`) + 1] as string;
		seen.events = gunzipSync(readFileSync(join(pathOf("data"), "events.ndjson.gz"))).toString();
		seen.catalogue = gunzipSync(readFileSync(join(pathOf("data"), "catalogue.ndjson.gz"))).toString();
		seen.version = JSON.parse(readFileSync(join(pathOf("data"), "catalogue.json"), "utf8"));
		seen.baseline = JSON.parse(readFileSync(join(pathOf("baseline"), "manifest.json"), "utf8"));
		const trained = trainsAt(args);
		id = trained.id;
		return trained.trainer;
	});
	expect(JSON.parse(seen.events as string)).toMatchObject({ id: LINE.id, item: "a" });
	expect(JSON.parse(seen.catalogue as string)).toMatchObject({ id: "a", title: "A", version: 7 });
	expect(seen.version).toEqual({ version: 7 });
	expect(seen.baseline).toMatchObject({ id: baselineId });
	expect(uploaded.at(-1)).toBe("manifest.json");
	expect(bodiesOf("/admin/runs/run-1/finish")).toEqual([{ lease: "lease-1", release: id, gate: gateOf(baselineId) }]);
	expect(bodiesOf(`/admin/releases/${id}/activate`)).toEqual([{ by: "gate", run: "run-1" }]);
	expect(end).toMatchObject({ kind: "active", release: id });
	expect(existsSync(join(folder, "run"))).toBe(false);
});

test("a refusal by the gate is a good end, told with its figures", async () => {
	const error = { code: "gate_refused", message: "The lower bound is below -2%.", requestId: "r" };
	replies["POST activate"] = [422, { error }];
	const end = await execute(async (args) => trainsAt(args).trainer);
	expect(end).toMatchObject({ kind: "refused", message: error.message });
	expect(formatEnd(end)).toContain("NDCG@10 0.0500 against 0.0400");
	expect(bodiesOf("/admin/runs/run-1/fail")).toEqual([]);
});

test("a release without a verdict goes to canary, and is told so", async () => {
	let id = "";
	replies["POST activate"] = () => [200, { active: baselineId, previous: null, canary: id, canaryShare: 0.05, updatedAt: 2 }];
	const end = await execute(async (args) => {
		const trained = trainsAt(args);
		id = trained.id;
		return trained.trainer;
	});
	expect(end.kind).toBe("canary");
	expect(formatEnd(end)).toContain("canary only");
});

test("a finished run whose release cannot be activated is not failed on the server", async () => {
	replies["POST activate"] = [422, { error: { code: "release_refused", message: "items.bin: has no rows", requestId: "r" } }];
	const end = await execute(async (args) => trainsAt(args).trainer);
	expect(end).toMatchObject({ kind: "failed", message: expect.stringContaining("finished, but not activated") });
	expect(bodiesOf("/admin/runs/run-1/fail")).toEqual([]);
});

test("a trainer that fails fails the run with its last line", async () => {
	const end = await execute(async () => node("console.error('loading'); console.error('no sessions in the data'); process.exitCode = 2"));
	expect(end).toEqual({ kind: "failed", message: "no sessions in the data" });
	expect(bodiesOf("/admin/runs/run-1/fail")).toEqual([{ lease: "lease-1", message: "no sessions in the data" }]);
	expect(existsSync(join(folder, "run"))).toBe(false);
});

test("a lost lease ends the training and tells the server nothing more", async () => {
	let isTraining = false;
	const lost: Reply = [409, { error: { code: "conflict", message: "The lease is not held.", requestId: "r" } }];
	replies["POST /admin/runs/run-1/heartbeat"] = () => (isTraining ? lost : [200, RUN]);
	const end = await execute(
		async () => {
			isTraining = true;
			return node("setInterval(() => {}, 1000)");
		},
		{ heartbeatIntervalMs: 1 },
	);
	expect(end).toEqual({ kind: "lost", message: "The lease is not held." });
	expect(isTraining).toBe(true);
	expect(bodiesOf("/admin/runs/run-1/fail")).toEqual([]);
	expect(uploaded).toEqual([]);
});

test("heartbeats carry the trainer's progress", async () => {
	const heard = Promise.withResolvers<void>();
	replies["POST /admin/runs/run-1/heartbeat"] = () => {
		if (server.received.at(-1)?.body.includes('"fit encoder"')) heard.resolve();
		return [200, RUN];
	};
	replies["POST activate"] = [200, { active: baselineId, previous: null, canary: null, canaryShare: 0, updatedAt: 2 }];
	await execute(
		async (args) => {
			const file = args[args.indexOf("--progress") + 1] as string;
			writeFileSync(file, '{"progress":0.1,"stage":"read"}\n{"progress":0.5,"stage":"fit encoder","epoch":3}\n{"progr');
			const { trainer } = trainsAt(args);
			return { stop: trainer.stop, ended: heard.promise.then(() => trainer.ended) };
		},
		{ heartbeatIntervalMs: 1 },
	);
	expect(bodiesOf("/admin/runs/run-1/heartbeat")).toContainEqual({ lease: "lease-1", progress: 0.5, stage: "fit encoder" });
});

test("stopping the worker ends the trainer and fails the run", async () => {
	const stop = new AbortController();
	const end = await execute(
		async () => {
			const trainer = node("setInterval(() => {}, 1000)");
			stop.abort();
			return trainer;
		},
		{ stop: stop.signal },
	);
	expect(end).toEqual({ kind: "failed", message: "the worker was stopped" });
	expect(bodiesOf("/admin/runs/run-1/fail")).toEqual([{ lease: "lease-1", message: "the worker was stopped" }]);
});

test("a baseline that does not match its manifest is not trained against", async () => {
	writeFileSync(join(folder, "served", "fusion.json"), "altered on the way");
	const end = await execute(async () => {
		throw new Error("must not start");
	});
	expect(end.kind).toBe("failed");
	expect(end).toMatchObject({ message: expect.stringMatching(/^fusion\.json: /) });
});
