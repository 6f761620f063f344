import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeReleaseFiles } from "../test/unit/release-files.ts";
import { readReleaseFolder } from "./release-folder.ts";

let folder: string;
let id: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "edgeshelf-release-"));
	id = writeReleaseFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);

test("a whole release is read", () => {
	expect(readReleaseFolder(folder)).toMatchObject({ id, path: folder });
});

test("a file that was lengthened, altered or taken away is named", () => {
	const content = readFileSync(path("items.bin"));
	appendFileSync(path("items.bin"), "x");
	expect(() => readReleaseFolder(folder)).toThrow(/^items\.bin: has \d+ bytes/);
	writeFileSync(
		path("items.bin"),
		content.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
	);
	expect(() => readReleaseFolder(folder)).toThrow("items.bin: its sha256 is not the manifest's");
	rmSync(path("items.bin"));
	expect(() => readReleaseFolder(folder)).toThrow("items.bin: the manifest lists it");
});

test("an id that is not that of the content is refused", () => {
	const manifest = readFileSync(path("manifest.json"), "utf8");
	writeFileSync(path("manifest.json"), manifest.replace(id, "20261124T000000Z-0000000000"));
	expect(() => readReleaseFolder(folder)).toThrow("the id 20261124T000000Z-0000000000 is not that of the files");
});

test("a manifest that lacks a required file is refused", () => {
	const manifest = JSON.parse(readFileSync(path("manifest.json"), "utf8")) as { files: Record<string, unknown> };
	delete manifest.files["fusion.json"];
	writeFileSync(path("manifest.json"), JSON.stringify(manifest));
	expect(() => readReleaseFolder(folder)).toThrow("fusion.json: the manifest does not list it");
});
