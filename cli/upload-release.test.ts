import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeReleaseFiles } from "../test/unit/release-files.ts";
import { type Reply, type StandIn, startStandIn } from "../test/unit/stand-in-server.ts";
import { createClient } from "./client.ts";
import { type ReleaseFolder, readReleaseFolder } from "./release-folder.ts";
import { uploadRelease } from "./upload-release.ts";

let folder: string;
let release: ReleaseFolder;
let server: StandIn;
let held: Reply;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "edgeshelf-upload-"));
	writeReleaseFiles(folder);
	release = readReleaseFolder(folder);
	server = await startStandIn(({ method, path }) =>
		method === "GET" ? held : [200, { state: path.endsWith("manifest.json") ? "ready" : "uploading" }],
	);
});
afterEach(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

const upload = () => uploadRelease(createClient(server.url, { token: "t", retryDelaysMs: [] }), release, () => {});
const sent = () => server.received.filter(({ method }) => method === "PUT").map(({ path }) => path.split("/").at(-1));
const heldAs = (state: string, names: readonly string[]): Reply => {
	const files = names.map((name) => ({ name, ...release.manifest.files[name as keyof typeof release.manifest.files] }));
	return [200, { id: release.id, state, note: null, uploadedAt: 1, manifest: null, files }];
};

test("sends all files and the manifest last", async () => {
	held = [404];
	await upload();
	expect(sent()).toEqual([...release.files, "manifest.json"]);
});

test("goes on with what the server lacks", async () => {
	held = heldAs("uploading", ["items.bin", "fusion.json"]);
	await upload();
	expect(sent()).toEqual([...release.files.filter((name) => name !== "items.bin" && name !== "fusion.json"), "manifest.json"]);
});

test("leaves a release alone that the server holds whole", async () => {
	held = heldAs("ready", release.files);
	await upload();
	expect(sent()).toEqual([]);
});

test("uploads all when the token may not look", async () => {
	held = [403, { error: { code: "forbidden", message: "The token lacks the scope read.", requestId: "r" } }];
	await upload();
	expect(sent()).toContain("items.bin");
});
