import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LEASE_SECONDS, type Run } from "../src/contract/run.ts";
import { adminApp, migrate, NOW, refusal, rows } from "./admin-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

let now = NOW;
const ask = adminApp(() => now);
beforeEach(() => {
	now = NOW;
});

type Claim = { run: Run; lease: string };
const RELEASE = "20261120T100000Z-0123456789";
const GATE = {
	splitHash: "5917",
	testFrom: NOW - 86_400,
	testTargets: 812,
	baselineRelease: "20261113T100000Z-0123456789",
	candidate: { "ndcg@10": 0.08 },
	baseline: { "ndcg@10": 0.078 },
	differenceRelative: { mean: 0.0256, lower95: -0.004, upper95: 0.051 },
	bootstrapSamples: 1000,
	seed: 7,
};

const open = async (reason = "operator"): Promise<Run> => (await ask("POST", "/admin/runs", "train", { reason })).json();
const claimAs = (worker: string) => ask("POST", "/admin/runs/claim", "train", { worker });
const claim = async (worker = "gpu-1"): Promise<Claim> => (await claimAs(worker)).json();
const step = (id: string, name: string, body: object) => ask("POST", `/admin/runs/${id}/${name}`, "train", body);
const list = async (): Promise<Run[]> => (await (await ask("GET", "/admin/runs", "read")).json<{ runs: Run[] }>()).runs;

test("a run goes from open over claimed to finished, with its gate report", async () => {
	const opened = await open("drift");
	expect(opened).toMatchObject({ state: "open", reason: "drift", openedAt: NOW, attempts: 0, worker: null, leaseUntil: null });
	const { run, lease } = await claim();
	expect(run).toMatchObject({ id: opened.id, state: "claimed", worker: "gpu-1", attempts: 1, leaseUntil: NOW + LEASE_SECONDS });

	now += 60;
	const beat = await (await step(run.id, "heartbeat", { lease, progress: 0.5, stage: "encoder" })).json<Run>();
	expect(beat).toMatchObject({ progress: 0.5, stage: "encoder", leaseUntil: NOW + 60 + LEASE_SECONDS });

	const finished = await (await step(run.id, "finish", { lease, release: RELEASE, gate: GATE })).json<Run>();
	expect(finished).toMatchObject({ state: "finished", release: RELEASE, gate: GATE, finishedAt: NOW + 60, progress: 1 });
	expect(await list()).toEqual([finished]);
});

test("no answer but the claim's tells a lease", async () => {
	await open();
	const { run, lease } = await claim();
	const answers = [run, await list(), await (await step(run.id, "heartbeat", { lease, progress: 0, stage: "read" })).json()];
	expect(JSON.stringify(answers)).not.toContain(lease);
});

test("only one run is open or claimed at a time", async () => {
	const first = await open("events");
	expect(await open("age")).toEqual(first);
	const { run } = await claim();
	expect(await open()).toEqual(run);
	expect(await list()).toHaveLength(1);
});

test("asked to open at once many times, opens one run", async () => {
	const opened = await Promise.all(Array.from({ length: 6 }, () => open()));
	expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
});

test("of workers who claim at once, one gets the run and the others nothing", async () => {
	await open();
	const answers = await Promise.all(["a", "b", "c", "d", "e"].map(claimAs));
	expect(answers.map(({ status }) => status).sort()).toEqual([200, 204, 204, 204, 204]);
});

test("there is nothing to claim where nothing is open", async () => {
	const answer = await claimAs("gpu-1");
	expect([answer.status, await answer.text()]).toEqual([204, ""]);
});

test("a lost lease reopens the run for the next worker, and the first can no longer speak for it", async () => {
	await open();
	const first = await claim("gpu-1");
	now += LEASE_SECONDS - 1;
	expect((await claimAs("gpu-2")).status).toBe(204);
	now += 1;
	const second = await claim("gpu-2");
	expect(second.run).toMatchObject({ id: first.run.id, worker: "gpu-2", attempts: 2 });
	for (const [name, body] of [
		["heartbeat", { progress: 0.9, stage: "late" }],
		["finish", { release: RELEASE, gate: null }],
		["fail", { message: "late" }],
	] as const) {
		expect(await refusal(await step(first.run.id, name, { lease: first.lease, ...body }))).toMatchObject({ status: 409, code: "conflict" });
	}
	expect(await list()).toEqual([second.run]);
});

test("a run finished twice changes nothing", async () => {
	await open();
	const { run, lease } = await claim();
	const finished = await (await step(run.id, "finish", { lease, release: RELEASE, gate: null })).json();
	now += 500;
	const again = await step(run.id, "finish", { lease, release: RELEASE, gate: GATE });
	expect([again.status, await again.json()]).toEqual([200, finished]);
	const other = await step(run.id, "finish", { lease, release: "20261120T100000Z-9999999999", gate: null });
	expect(await refusal(other)).toMatchObject({ status: 409, code: "conflict" });
	expect(await list()).toEqual([finished]);
});

test("a failed run is offered twice more and then stays failed, with the last reason", async () => {
	const { id } = await open();
	for (const attempt of [1, 2, 3]) {
		const { run, lease } = await claim();
		expect(run).toMatchObject({ id, attempts: attempt, progress: 0, stage: null });
		const failed = await (await step(id, "fail", { lease, message: `attempt ${attempt}: out of memory` })).json<Run>();
		expect(failed).toMatchObject({
			state: attempt < 3 ? "open" : "failed",
			message: `attempt ${attempt}: out of memory`,
			leaseUntil: null,
		});
		// Said again, since the answer may have been lost.
		expect((await step(id, "fail", { lease, message: "again" })).status).toBe(200);
	}
	expect((await claimAs("gpu-1")).status).toBe(204);
	expect(await list()).toMatchObject([{ state: "failed", message: "attempt 3: out of memory", finishedAt: NOW }]);
	expect((await open()).id).not.toBe(id);
});

test("a run whose workers vanish three times fails and names the last one", async () => {
	await open();
	for (const worker of ["a", "b", "c"]) {
		await claim(worker);
		now += LEASE_SECONDS;
	}
	expect((await claimAs("d")).status).toBe(204);
	const [run] = await list();
	expect(run).toMatchObject({ state: "failed", attempts: 3 });
	expect(run?.message).toContain("c");
});

test.each([
	["/admin/runs", { reason: "boredom" }, "reason"],
	["/admin/runs", { email: "ada@example.org" }, "email"],
	["/admin/runs/claim", {}, "worker"],
	["/admin/runs/claim", { worker: "" }, "worker"],
	["/admin/runs/x/heartbeat", { lease: "l", progress: 1.5, stage: "s" }, "progress"],
	["/admin/runs/x/finish", { lease: "l", release: "latest", gate: null }, "release"],
	["/admin/runs/x/finish", { lease: "l", release: RELEASE, gate: { ...GATE, testTargets: -1 } }, "gate.testTargets"],
	["/admin/runs/x/fail", { lease: "l", message: "m".repeat(2001) }, "message"],
])("POST %s refuses %j by its field", async (path, body, field) => {
	expect(await refusal(await ask("POST", path, "train", body))).toMatchObject({ status: 400, path: field });
	expect(await rows("SELECT id FROM runs")).toEqual([]);
});

test.each(["heartbeat", "finish", "fail"])("POST /admin/runs/{id}/%s does not know other runs", async (name) => {
	const body = { heartbeat: { progress: 0, stage: "s" }, finish: { release: RELEASE, gate: null }, fail: { message: "m" } }[name];
	expect(await refusal(await step("nowhere", name, { lease: "l", ...body }))).toMatchObject({ status: 404, code: "not_found" });
});

test.each([
	["POST", "/admin/runs", "read", "train"],
	["GET", "/admin/runs", "train", "read"],
	["POST", "/admin/runs/claim", "release", "train"],
	["POST", "/admin/runs/x/heartbeat", "read", "train"],
	["POST", "/admin/runs/x/finish", "read", "train"],
	["POST", "/admin/runs/x/fail", "read", "train"],
	["GET", "/admin/status", "train", "read"],
] as const)("%s %s needs its scope", async (method, path, wrong, right) => {
	expect(await refusal(await ask(method, path, null))).toMatchObject({ status: 401, code: "unauthorized" });
	const { message, ...refused } = await refusal(await ask(method, path, wrong));
	expect(refused).toEqual({ status: 403, code: "forbidden" });
	expect(message).toContain(right);
});
