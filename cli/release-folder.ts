import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { MANIFEST_FILE, Manifest, requiredFiles } from "../src/contract/release.ts";
import { CommandFailure } from "./outcome.ts";

export type ReleaseFolder = { readonly id: string; readonly manifest: Manifest; readonly path: string; readonly files: readonly string[] };

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Reads a release and checks it as the server will: the manifest's shape, that nothing is missing, each file's length and
 * sha256, and that the id is that of the content.
 * @throws CommandFailure naming the file
 */
export function readReleaseFolder(path: string): ReleaseFolder {
	const manifest = readManifest(join(path, MANIFEST_FILE));
	const listed = Object.entries(manifest.files);
	for (const name of requiredFiles(manifest.items.layout))
		if (manifest.files[name] === undefined) throw new CommandFailure(`${name}: the manifest does not list it`);
	for (const [name, { sha256, bytes }] of listed) {
		const file = join(path, name);
		if (!existsSync(file)) throw new CommandFailure(`${name}: the manifest lists it, but ${path} has no such file`);
		const content = readFileSync(file);
		if (content.byteLength !== bytes) throw new CommandFailure(`${name}: has ${content.byteLength} bytes, the manifest says ${bytes}`);
		if (sha256Of(content) !== sha256) throw new CommandFailure(`${name}: its sha256 is not the manifest's`);
	}
	const expected = contentHashOf(listed.map(([name, { sha256 }]) => [name, sha256]));
	if (!manifest.id.endsWith(`-${expected}`))
		throw new CommandFailure(`${MANIFEST_FILE}: the id ${manifest.id} is not that of the files (${expected})`);
	return { id: manifest.id, manifest, path, files: listed.map(([name]) => name) };
}

/** First 10 hex digits of the sha256 over the sorted lines "name sha256". */
export function contentHashOf(files: readonly (readonly [name: string, sha256: string])[]): string {
	const lines = files.map(([name, sha256]) => `${name} ${sha256}\n`).sort();
	return sha256Of(Buffer.from(lines.join(""))).slice(0, 10);
}

/** @throws CommandFailure */
export function readManifest(path: string): Manifest {
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(path, "utf8"));
	} catch {
		throw new CommandFailure(`${path} cannot be read as JSON`);
	}
	const parsed = v.safeParse(Manifest, value, { abortEarly: true });
	if (parsed.success) return parsed.output;
	throw new CommandFailure(`${path}: ${v.getDotPath(parsed.issues[0]) ?? "it"}: ${parsed.issues[0].message}`);
}
