import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ReleaseSummary } from "../src/retrain/ports.ts";
import { IN_USE_SECONDS, pruneReleases } from "../src/retrain/prune.ts";
import { SHARD_BYTES } from "../src/store/shards.ts";
import { adminApp, migrate, NOW, refusal, releasePorts, rows, sha256 } from "./admin-fixtures.ts";
import { activated, makeRelease, putFile, ready, upload } from "./release-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

let now = NOW;
const ask = adminApp(() => now);
beforeEach(() => {
	now = NOW;
});

const one = async (id: string): Promise<ReleaseSummary> => (await ask("GET", `/admin/releases/${id}`, "read")).json();
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
const textOf = async (answer: Response) => new TextDecoder().decode(await bytesOf(answer));
const fileOf = (id: string, file: string) => ask("GET", `/admin/releases/${id}/${file}`, "read");

test("a release whose manifest comes last is ready, and each file comes back byte for byte", async () => {
	const release = await makeRelease("a");
	for (const [file, content] of Object.entries(release.files)) {
		expect(await (await putFile(ask, release.id, file, content)).json()).toEqual({ state: "uploading" });
	}
	expect(await one(release.id)).toMatchObject({ state: "uploading", manifest: null });
	expect(await (await putFile(ask, release.id, "manifest.json", release.manifestText)).json()).toEqual({ state: "ready" });

	for (const [file, content] of Object.entries({ ...release.files, "manifest.json": release.manifestText })) {
		expect(await textOf(await fileOf(release.id, file))).toBe(content);
		expect(await (await env.LOG.get(`releases/${release.id}/${file}`))?.text()).toBe(content);
	}
	expect(await one(release.id)).toEqual({
		id: release.id,
		state: "ready",
		note: null,
		uploadedAt: NOW,
		manifest: release.manifest,
		files: Object.entries(release.manifest.files)
			.map(([name, entry]) => ({ name, ...entry }))
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
	});
	const { releases, pointer } = await (await ask("GET", "/admin/releases", "read")).json<{ releases: ReleaseSummary[]; pointer: object }>();
	expect(releases).toEqual([await one(release.id)]);
	expect(pointer).toEqual({ active: null, previous: null, canary: null, canaryShare: 0, updatedAt: 0 });
});

test("a file of more than one shard keeps its content, in the shards and in the archive", async () => {
	const content = new Uint8Array(SHARD_BYTES + 12_345);
	for (let i = 0; i < content.byteLength; i += 997) content[i] = i;
	const { id } = await makeRelease("large");
	expect((await ask("PUT", `/admin/releases/${id}/items.bin`, "train", content)).status).toBe(200);
	const hash = await sha256(content);
	const file = { name: "items.bin", bytes: content.byteLength, shards: 2 };
	expect(await rows("SELECT name, sha256, bytes, shards FROM release_files")).toEqual([{ ...file, sha256: hash }]);
	expect(await sha256(await bytesOf(await fileOf(id, "items.bin")))).toBe(hash);
	expect(await releasePorts().files.digest(id, file)).toEqual({ sha256: hash, bytes: content.byteLength });
	await env.RELEASES.delete(`release/${id}/items.bin/1`);
	expect(await releasePorts().files.digest(id, file)).toBeNull();
	expect(await releasePorts().files.restore(id, "items.bin", async () => {})).toBe(2);
	expect(await releasePorts().files.digest(id, file)).toEqual({ sha256: hash, bytes: content.byteLength });
	// Ten megabytes through each of the stores.
}, 30_000);

test("a complete release takes the same files again and no others", async () => {
	const release = await ready(ask, "a");
	const before = await one(release.id);
	now += 60;
	expect(await (await upload(ask, release)).json()).toEqual({ state: "ready" });
	for (const [file, content] of [
		["items.bin", "other items"],
		["manifest.json", `${release.manifestText} `],
		["text.bin", "a file that the manifest does not name"],
	] as const) {
		expect(await refusal(await putFile(ask, release.id, file, content))).toMatchObject({ status: 409, code: "conflict" });
	}
	expect(await one(release.id)).toEqual(before);
	expect(await textOf(await fileOf(release.id, "items.bin"))).toBe(release.files["items.bin"]);
});

test("refuses names that no release has", async () => {
	const { id } = await makeRelease("a");
	expect(await refusal(await putFile(ask, id, "notes.txt", "x"))).toMatchObject({
		status: 422,
		code: "release_refused",
		path: "notes.txt",
	});
	expect(await refusal(await putFile(ask, id, "items.bin%2F..", "x"))).toMatchObject({ status: 422, code: "release_refused" });
	expect(await refusal(await putFile(ask, "latest", "items.bin", "x"))).toMatchObject({ status: 400, code: "invalid_field", path: "id" });
	expect(await rows("SELECT id FROM releases")).toEqual([]);
});

test.each([
	["a truncated file", "items.bin", "items o", "items.bin"],
	["an altered file", "encoder.int8.onnx", "encoder of b", "encoder.int8.onnx"],
	["an empty file", "transitions.bin", "", "transitions.bin"],
])("%s is refused by name, and mended by sending it again", async (_, file, sent, named) => {
	const release = await makeRelease("a");
	const refused = await upload(ask, { ...release, files: { ...release.files, [file]: sent } });
	expect(await refusal(refused)).toMatchObject({ status: 422, code: "release_refused", path: named });
	expect(await one(release.id)).toMatchObject({ state: "refused", manifest: null });
	expect((await one(release.id)).note).toContain(named);

	expect(await (await putFile(ask, release.id, file, release.files[file] as string)).json()).toEqual({ state: "uploading" });
	expect(await (await putFile(ask, release.id, "manifest.json", release.manifestText)).json()).toEqual({ state: "ready" });
	expect(await one(release.id)).toMatchObject({ state: "ready", note: null });
});

test("a manifest that comes before its files is refused by the first that is missing", async () => {
	const release = await makeRelease("a");
	const { "parity.json": _, ...files } = release.files;
	expect(await refusal(await upload(ask, { ...release, files }))).toMatchObject({
		status: 422,
		code: "release_refused",
		path: "parity.json",
	});
	expect(await refusal(await putFile(ask, (await makeRelease("b")).id, "manifest.json", release.manifestText))).toMatchObject({
		status: 422,
		path: "manifest.json",
	});
});

test("a manifest must be one, must name what serving needs, and must have the id of its content", async () => {
	const release = await makeRelease("a");
	await upload(ask, { ...release, manifestText: "{" });
	const { "fusion.json": _, ...some } = release.manifest.files;
	const foreignId = `${release.id.slice(0, -10)}0000000000`;
	const refusedOf = async (manifest: unknown, id = release.id) =>
		refusal(await putFile(ask, id, "manifest.json", typeof manifest === "string" ? manifest : JSON.stringify(manifest)));
	expect(await refusedOf("[")).toMatchObject({ status: 422, path: "manifest.json" });
	expect(await refusedOf({ ...release.manifest, kPair: "three" })).toMatchObject({
		status: 422,
		path: "manifest.json",
		message: expect.stringContaining("kPair"),
	});
	expect(await refusedOf({ ...release.manifest, files: some })).toMatchObject({ status: 422, path: "fusion.json" });
	expect(await refusedOf({ ...release.manifest, items: { ...release.manifest.items, dim: 32 } })).toMatchObject({
		status: 422,
		path: "manifest.json",
	});
	expect(await refusedOf(release.manifest, foreignId)).toMatchObject({ status: 422, path: "manifest.json" });
	for (const [file, content] of Object.entries(release.files)) await putFile(ask, foreignId, file, content);
	expect(await refusedOf({ ...release.manifest, id: foreignId }, foreignId)).toMatchObject({
		status: 422,
		path: "manifest.json",
		message: expect.stringContaining(release.id.slice(-10)),
	});
});

test("a release whose pairs are from fewer than three visitors is refused, unless the shop's setting allows it", async () => {
	const open = adminApp(() => NOW, { ...releasePorts(), terms: { kPairMin: 2, epsilonMax: null } });
	const [two, three] = [await makeRelease("two", { kPair: 2 }), await makeRelease("three")];
	const refused = await refusal(await upload(ask, two));
	expect(refused).toMatchObject({ status: 422, code: "release_refused", path: "manifest.json" });
	expect(refused.message).toContain("K_PAIR_MIN");
	expect(await (await upload(ask, three)).json()).toEqual({ state: "ready" });
	expect(await (await upload(open, two)).json()).toEqual({ state: "ready" });
	// Nor may the two places that say it disagree.
	const torn = await makeRelease("torn");
	const text = JSON.stringify({ ...torn.manifest, privacy: { kPair: 2, differentialPrivacy: null } });
	expect(await refusal(await upload(ask, { ...torn, manifestText: text }))).toMatchObject({ status: 422, path: "manifest.json" });
});

test("refuses a release that is under no differential privacy, or spent more of it than the shop allows", async () => {
	const strict = adminApp(() => NOW, { ...releasePorts(), terms: { kPairMin: 3, epsilonMax: 2 } });
	const none = await makeRelease("none");
	const much = await makeRelease("much", { differentialPrivacy: { epsilon: 2.01, delta: 1e-5 } });
	const enough = await makeRelease("enough", { differentialPrivacy: { epsilon: 2, delta: 1e-5, unit: "a visitor" } });
	for (const release of [none, much]) {
		const refused = await refusal(await upload(strict, release));
		expect([refused.status, refused.path]).toEqual([422, "manifest.json"]);
		expect(refused.message).toContain("DP_EPSILON_MAX");
	}
	expect((await upload(strict, enough)).status).toBe(200);
	expect((await upload(adminApp(), none)).status).toBe(200);
	const nonsense = await makeRelease("nonsense", { differentialPrivacy: { epsilon: -1, delta: 0 } });
	expect((await refusal(await upload(adminApp(), nonsense))).message).toContain("differentialPrivacy");
});

test("an upload that breaks off leaves the release without that file", async () => {
	const release = await makeRelease("a");
	await upload(ask, { ...release, manifestText: "{" });
	const broken = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(new TextEncoder().encode("items ")),
		pull: (controller) => controller.error(new Error("the line went dead")),
	});
	expect((await ask("PUT", `/admin/releases/${release.id}/items.bin`, "release", broken)).status).toBe(500);
	expect(await refusal(await putFile(ask, release.id, "manifest.json", release.manifestText))).toMatchObject({
		status: 422,
		path: "items.bin",
	});
});

test("refuses bodies beyond the limits", async () => {
	const { id } = await makeRelease("a");
	const huge = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024)) });
	expect(await refusal(await ask("PUT", `/admin/releases/${id}/manifest.json`, "release", huge))).toMatchObject({
		status: 413,
		code: "body_too_large",
	});
	expect(await rows("SELECT name FROM release_files")).toEqual([]);
});

test("what is not there is not found", async () => {
	const { id } = await ready(ask, "a");
	for (const path of ["20261120T100000Z-0000000000", "20261120T100000Z-0000000000/items.bin", `${id}/text.bin`, "latest", `${id}/..%2Fx`]) {
		expect(await refusal(await ask("GET", `/admin/releases/${path}`, "read"))).toMatchObject({ status: 404, code: "not_found" });
	}
});

test("old releases leave the store that isolates load from, but not the archive", async () => {
	const made = [];
	for (const name of ["a", "b", "c", "d", "e"]) {
		made.push(await ready(ask, name));
		now += 60;
	}
	const [a, b, c, d, e] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0], (typeof made)[0], (typeof made)[0]];
	// The oldest is active, the next runs as its canary: both stay.
	await activated(ask, a);
	await activated(ask, b, 0.1);
	now += IN_USE_SECONDS;
	expect(await pruneReleases(releasePorts(), now, 2)).toBe(6);
	expect((await env.RELEASES.list({ prefix: `release/${c.id}/` })).keys).toEqual([]);
	for (const { id } of [a, b, d, e]) expect((await env.RELEASES.list({ prefix: `release/${id}/` })).keys).toHaveLength(6);
	expect(await pruneReleases(releasePorts(), now, 2)).toBe(0);

	expect(await textOf(await fileOf(c.id, "items.bin"))).toBe(c.files["items.bin"]);
	expect(await activated(ask, c)).toMatchObject({ active: c.id, previous: a.id });
	expect((await env.RELEASES.list({ prefix: `release/${c.id}/` })).keys).toHaveLength(6);
});

test.each([
	["PUT", "/admin/releases/20261120T100000Z-0123456789/items.bin", "read", "release"],
	["PUT", "/admin/releases/20261120T100000Z-0123456789/items.bin", "catalogue", "release"],
	["GET", "/admin/releases", "release", "read"],
	["GET", "/admin/releases/20261120T100000Z-0123456789", "train", "read"],
	["GET", "/admin/releases/20261120T100000Z-0123456789/items.bin", "train", "read"],
	["POST", "/admin/releases/20261120T100000Z-0123456789/activate", "read", "release"],
	["POST", "/admin/releases/rollback", "train", "release"],
] as const)("%s %s does not open to %s", async (method, path, wrong, right) => {
	expect(await refusal(await ask(method, path, null))).toMatchObject({ status: 401, code: "unauthorized" });
	const { message, ...refused } = await refusal(await ask(method, path, wrong));
	expect(refused).toEqual({ status: 403, code: "forbidden" });
	expect(message).toContain(right);
});
