import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ActivePointer, GateReport } from "../src/contract/release.ts";
import { fail, ok } from "../src/contract/result.ts";
import type { Activation } from "../src/retrain/ports.ts";
import { adminApp, migrate, NOW, refusal, releasePorts, rows } from "./admin-fixtures.ts";
import { activateBy, activated, type MadeRelease, makeRelease, ready, upload } from "./release-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const ask = adminApp();

const pointer = async (): Promise<ActivePointer> =>
	(await (await ask("GET", "/admin/releases", "read")).json<{ pointer: ActivePointer }>()).pointer;
const rollback = () => ask("POST", "/admin/releases/rollback", "release");
const history = () => rows<Activation>("SELECT release, action, by, token, share, run, note, at FROM activations ORDER BY seq");
const hotLists = () => rows("SELECT name, items FROM hot_lists ORDER BY name");

/** A run that handed the release in. */
async function finishedRun(release: MadeRelease, gate: GateReport | null): Promise<string> {
	await ask("POST", "/admin/runs", "train", {});
	const { run, lease } = await (await ask("POST", "/admin/runs/claim", "train", { worker: "w" })).json<{
		run: { id: string };
		lease: string;
	}>();
	expect((await ask("POST", `/admin/runs/${run.id}/finish`, "train", { lease, release: release.id, gate })).status).toBe(200);
	return run.id;
}

const reportAgainst = (baseline: MadeRelease, more: Partial<GateReport> = {}, lower95 = -0.01): GateReport => ({
	splitHash: "5917",
	testFrom: NOW - 3600,
	testTargets: 812,
	baselineRelease: baseline.id,
	candidate: { "ndcg@10": 0.08 },
	baseline: { "ndcg@10": 0.079 },
	differenceRelative: { mean: 0.0127, lower95, upper95: 0.04 },
	bootstrapSamples: 1000,
	seed: 7,
	...more,
});

test("an operator's word activates a sound release, and the history says whose it was", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	expect(await activated(ask, a)).toEqual({ active: a.id, previous: null, canary: null, canaryShare: 0, updatedAt: NOW });
	expect(await activated(ask, b)).toMatchObject({ active: b.id, previous: a.id });
	expect(await pointer()).toMatchObject({ active: b.id, previous: a.id });
	const operator = { by: "operator", token: "release", share: 1, run: null, note: null, at: NOW };
	expect(await history()).toEqual([
		{ release: a.id, action: "activate", ...operator },
		{ release: b.id, action: "activate", ...operator },
	]);
});

test("the lists that answer without a release follow the active one, there and back", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await env.DB.prepare("INSERT INTO hot_lists (name, items, updatedAt) VALUES ('popular:gone', '[]', 1)").run();
	await activated(ask, a);
	const listsOfA = [
		{ name: "popular", items: '["a-1","a-2"]' },
		{ name: "popular:makeup", items: '["a-2"]' },
	];
	expect(await hotLists()).toEqual(listsOfA);
	expect(await env.RELEASES.get("static", "json")).toEqual({ release: a.id, items: ["a-1", "a-2"] });
	await activated(ask, b, 0.5);
	expect(await hotLists()).toEqual(listsOfA);
	await activated(ask, b);
	expect(await env.RELEASES.get("static", "json")).toEqual({ release: b.id, items: ["b-1", "b-2"] });
	await rollback();
	expect(await hotLists()).toEqual(listsOfA);
	expect(await env.RELEASES.get("static", "json")).toEqual({ release: a.id, items: ["a-1", "a-2"] });
});

test("a canary runs beside the active release until it is promoted or dropped", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	expect(await activated(ask, b, 0.2)).toMatchObject({ active: a.id, previous: null, canary: b.id, canaryShare: 0.2 });
	expect(await (await rollback()).json()).toMatchObject({ active: a.id, previous: null, canary: null, canaryShare: 0 });
	await activated(ask, b, 0.2);
	expect(await activated(ask, b)).toMatchObject({ active: b.id, previous: a.id, canary: null, canaryShare: 0 });
	expect((await history()).map(({ action, share }) => [action, share])).toEqual([
		["activate", 1],
		["canary", 0.2],
		["rollback", 0.2],
		["canary", 0.2],
		["activate", 1],
	]);
});

test("a rollback exchanges the active release and the one before; without one it is a conflict", async () => {
	expect(await refusal(await rollback())).toMatchObject({ status: 409, code: "conflict" });
	const a = await ready(ask, "a");
	await activated(ask, a);
	expect(await refusal(await rollback())).toMatchObject({ status: 409, code: "conflict" });
	const b = await ready(ask, "b");
	await activated(ask, b);
	expect(await (await rollback()).json()).toMatchObject({ active: a.id, previous: b.id });
	expect(await (await rollback()).json()).toMatchObject({ active: b.id, previous: a.id });
});

test("asking again for what is so already changes nothing", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	expect(await activated(ask, a)).toEqual(await pointer());
	await activated(ask, b, 0.2);
	await activated(ask, b, 0.2);
	expect(await history()).toHaveLength(2);
	expect(await pointer()).toMatchObject({ active: a.id, previous: null, canary: b.id });
});

test("a canary needs an active release other than itself", async () => {
	const a = await ready(ask, "a");
	expect(await refusal(await activateBy(ask, "operator", a.id, { share: 0.1 }))).toMatchObject({ status: 409, code: "conflict" });
	await activated(ask, a);
	expect(await refusal(await activateBy(ask, "operator", a.id, { share: 0.1 }))).toMatchObject({ status: 409, code: "conflict" });
});

test.each([
	["a release in planes beside one in rows", undefined, "planes"],
	["one in rows beside one in planes", "planes", undefined],
	["one in planes beside another", "planes", "planes"],
] as const)("%s cannot be a canary: it is told why, and nothing changes but by share 1", async (_, layoutOfA, layoutOfB) => {
	const a = await ready(ask, "a", layoutOfA && { items: { layout: layoutOfA } });
	const b = await ready(ask, "b", layoutOfB && { items: { layout: layoutOfB } });
	await activated(ask, a);
	const before = await pointer();
	for (const share of [0, 0.2]) {
		const refused = await refusal(await activateBy(ask, "operator", b.id, { share }));
		expect(refused).toMatchObject({ status: 409, code: "conflict" });
		expect(refused.message).toContain("share 1");
	}
	// The gate grants a canary at most: the history keeps that it did not come to one.
	const run = await finishedRun(b, reportAgainst(a, { testTargets: 499 }, -0.5));
	const refused = await refusal(await activateBy(ask, "gate", b.id, { run }));
	expect(refused).toMatchObject({ status: 422, code: "gate_refused" });
	expect(await pointer()).toEqual(before);
	expect((await history()).at(-1)).toMatchObject({ release: b.id, action: "refuse", by: "gate", run, note: refused.message });
	expect(await activated(ask, b)).toMatchObject({ active: b.id, previous: a.id, canary: null });
});

test("of two activations at once, one moves the pointer, and the history agrees with it", async () => {
	const a = await ready(ask, "a");
	const others = [await ready(ask, "b"), await ready(ask, "c"), await ready(ask, "d")];
	await activated(ask, a);
	const answers = await Promise.all(others.map(({ id }) => activateBy(ask, "operator", id)));
	const statuses = answers.map(({ status }) => status);
	expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
	expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
	const moves = (await history()).map(({ release }) => release);
	expect(moves).toHaveLength(1 + statuses.filter((status) => status === 200).length);
	expect(await pointer()).toMatchObject({ active: moves.at(-1), previous: moves.at(-2) });
});

test("a move from where the pointer no longer is changes nothing at all", async () => {
	const a = await ready(ask, "a");
	const { pointer: store } = releasePorts();
	const from = await store.read();
	await activated(ask, a);
	const entry: Activation = { release: "x", action: "activate", by: "operator", token: "t", share: 1, run: null, note: null, at: NOW };
	const to: ActivePointer = { active: "x", previous: null, canary: null, canaryShare: 0, updatedAt: NOW };
	expect(await store.move(from, to, entry, { overall: ["x"], byCategory: {} })).toBe(false);
	expect(await pointer()).toMatchObject({ active: a.id });
	expect(await history()).toHaveLength(1);
	expect(await hotLists()).toHaveLength(2);
	expect(await env.RELEASES.get("static", "json")).toMatchObject({ release: a.id });
});

test("the gate activates a candidate that is no worse, and the history holds its figures", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	const run = await finishedRun(b, reportAgainst(a));
	expect(await (await activateBy(ask, "gate", b.id, { run })).json()).toMatchObject({ active: b.id, previous: a.id });
	const entry = (await history()).at(-1);
	expect(entry).toMatchObject({ release: b.id, action: "activate", by: "gate", token: "train", run });
	expect(entry?.note).toContain("-1.00%");
	// The worker asks again since it lost the answer: the pointer is as it wanted.
	expect(await (await activateBy(ask, "gate", b.id, { run })).json()).toMatchObject({ active: b.id, previous: a.id });
});

test("the gate refuses a candidate that may be worse: the release before keeps serving, the history says why", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	const run = await finishedRun(b, reportAgainst(a, {}, -0.031));
	const refused = await refusal(await activateBy(ask, "gate", b.id, { run }));
	expect(refused).toMatchObject({ status: 422, code: "gate_refused" });
	expect(refused.message).toContain("-3.10%");
	expect(await pointer()).toMatchObject({ active: a.id });
	expect((await history()).at(-1)).toMatchObject({ release: b.id, action: "refuse", by: "gate", run, note: refused.message });
	// An operator may still decide otherwise, under their own name.
	expect(await activated(ask, b)).toMatchObject({ active: b.id });
	expect((await history()).at(-1)).toMatchObject({ by: "operator", token: "release" });
});

test("with too few test targets the gate gives a canary of at most a tenth", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	const run = await finishedRun(b, reportAgainst(a, { testTargets: 499 }, -0.5));
	const to = { active: a.id, canary: b.id, canaryShare: 0.1 };
	expect(await (await activateBy(ask, "gate", b.id, { run })).json()).toMatchObject(to);
	expect(await (await activateBy(ask, "gate", b.id, { run })).json()).toMatchObject(to);
	expect((await history()).slice(1)).toMatchObject([{ action: "canary", share: 0.1, by: "gate" }]);
	expect(await (await activateBy(ask, "gate", b.id, { run, share: 0.05 })).json()).toMatchObject({ canaryShare: 0.05 });
});

test("the first release of a shop passes the gate on sound files alone", async () => {
	const a = await ready(ask, "a");
	const run = await finishedRun(a, null);
	expect(await (await activateBy(ask, "gate", a.id, { run })).json()).toMatchObject({ active: a.id, previous: null });
});

test("the gate decides by the run that made the release, and by no other", async () => {
	const a = await ready(ask, "a");
	const b = await ready(ask, "b");
	await activated(ask, a);
	const run = await finishedRun(a, reportAgainst(a));
	expect(await refusal(await activateBy(ask, "gate", b.id, { run }))).toMatchObject({ status: 409, code: "conflict" });
	expect(await refusal(await activateBy(ask, "gate", b.id, { run: "nowhere" }))).toMatchObject({ status: 404, code: "not_found" });
	expect(await refusal(await activateBy(ask, "gate", b.id))).toMatchObject({ status: 400, code: "invalid_field", path: "run" });
	expect(await pointer()).toMatchObject({ active: a.id });
});

test("an operator's word needs the scope `release`", async () => {
	const a = await ready(ask, "a");
	const answer = await ask("POST", `/admin/releases/${a.id}/activate`, "train", { by: "operator" });
	expect(await refusal(answer)).toMatchObject({ status: 403, code: "forbidden" });
	expect(await pointer()).toMatchObject({ active: null });
});

test.each(["operator", "gate"] as const)("files that serving cannot load are refused by name, whoever asks: %s", async (by) => {
	const faulty = adminApp(
		() => NOW,
		releasePorts(async (manifest, stored) => {
			const { "items.bin": items } = await stored.files(["items.bin"]);
			return items?.byteLength === manifest.items.count ? ok(null) : fail({ file: "items.bin", message: "has another number of rows" });
		}),
	);
	const a = await ready(ask, "a");
	const run = await finishedRun(a, null);
	expect(await refusal(await activateBy(faulty, by, a.id, { run }))).toMatchObject({
		status: 422,
		code: "release_refused",
		path: "items.bin",
	});
	expect(await pointer()).toMatchObject({ active: null });
	expect(await (await ask("GET", `/admin/releases/${a.id}`, "read")).json()).toMatchObject({ state: "refused" });
	expect(await history()).toMatchObject([{ release: a.id, action: "refuse", by }]);
	// Uploading again makes it ready again, for another try.
	expect(await (await upload(ask, a)).json()).toEqual({ state: "ready" });
	expect(await activated(ask, a)).toMatchObject({ active: a.id });
});

test("shards that were lost or damaged are mended from the archive before a release serves", async () => {
	const a = await ready(ask, "a");
	await env.RELEASES.put(`release/${a.id}/items.bin/0`, "items");
	await env.RELEASES.delete(`release/${a.id}/encoder.int8.onnx/0`);
	await activated(ask, a);
	expect(await env.RELEASES.get(`release/${a.id}/items.bin/0`)).toBe(a.files["items.bin"]);
	expect(await env.RELEASES.get(`release/${a.id}/encoder.int8.onnx/0`)).toBe(a.files["encoder.int8.onnx"]);
});

test.each([
	["truncated", async (key: string) => env.RELEASES.put(key, "items")],
	["altered", async (key: string) => env.RELEASES.put(key, "ITEMS of a")],
	["gone", async (key: string) => env.RELEASES.delete(key)],
])("a file that is %s in the store and the archive is refused by name, and the release before serves on", async (_, damage) => {
	const before = await ready(ask, "before");
	await activated(ask, before);
	const a = await ready(ask, "a");
	await damage(`release/${a.id}/items.bin/0`);
	await env.LOG.delete(`releases/${a.id}/items.bin`);
	expect(await refusal(await activateBy(ask, "operator", a.id))).toMatchObject({ status: 422, code: "release_refused", path: "items.bin" });
	expect(await pointer()).toMatchObject({ active: before.id });
	expect((await history()).at(-1)).toMatchObject({ release: a.id, action: "refuse" });
});

test("a release that is not complete cannot be activated", async () => {
	const a = await makeRelease("a");
	expect(await refusal(await activateBy(ask, "operator", a.id))).toMatchObject({ status: 404, code: "not_found" });
	await upload(ask, { ...a, manifestText: "{" });
	expect(await refusal(await activateBy(ask, "operator", a.id))).toMatchObject({ status: 409, code: "conflict" });
});

test.each([
	[{ by: "chance" }, "by"],
	[{ by: "operator", share: -0.1 }, "share"],
	[{ by: "operator", share: 1.5 }, "share"],
	[{ by: "operator", email: "ada@example.org" }, "email"],
])("refuses %j by its field", async (body, path) => {
	const a = await ready(ask, "a");
	expect(await refusal(await ask("POST", `/admin/releases/${a.id}/activate`, "release", body))).toMatchObject({ status: 400, path });
});
