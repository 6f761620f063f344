import * as v from "valibot";
import { Fusion, type Manifest, Parity, Popular, RELEASE_FILES, REQUIRED_FILES, type ReleaseFile } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import type { Links } from "../retrieve/neighbours.ts";
import type { WordTable } from "../text/text-vector.ts";
import { checkParity } from "./check-parity.ts";
import { createSpace, spaceBytes } from "./plain-space.ts";
import type { Encoder, MakeEncoder, MakeRowSpace } from "./ports.ts";
import { type ItemFile, readItems } from "./read-items.ts";
import { readNeighbours } from "./read-neighbours.ts";
import { readWords } from "./read-words.ts";
import { besideItemsBytes, type Table, tableOfRelease } from "./table.ts";

export type ReleaseFiles = Readonly<Partial<Record<ReleaseFile, Uint8Array>>>;

/** A release in memory, as it was published: nothing of the overlay is in it yet. */
export type LoadedRelease = {
	readonly manifest: Manifest;
	readonly items: ItemFile;
	/** The items as a table, in a space of their own. */
	readonly table: Table;
	readonly transitions: Links;
	readonly similar: Links | null;
	readonly bought: Links | null;
	/** Words as points in item space. */
	readonly words: WordTable | null;
	/** Words by what they mean, in a space of their own. */
	readonly meaning: WordTable | null;
	readonly popular: Popular;
	readonly fusion: Fusion;
	readonly parity: Parity;
	/** null: it could not be made, and the rung is `session` at best. */
	readonly encoder: Encoder | null;
};

/** The encoder while it can answer; null: the rung is `session` at best. */
export const workingEncoder = ({ encoder }: Pick<LoadedRelease, "encoder">): Encoder | null =>
	encoder === null || encoder.fault !== null ? null : encoder;

export type ReleaseFault = { readonly file: string; readonly message: string };

/**
 * Checks and loads a release.
 * @param files       what the manifest names; the buffers of all but `items.bin` are kept
 * @param makeEncoder null: load without the encoder
 * @returns the file at fault and why, in words that follow its name
 */
export async function loadRelease(
	manifest: Manifest,
	files: ReleaseFiles,
	makeEncoder: MakeEncoder | null,
	makeRowSpace: MakeRowSpace,
): Promise<Result<LoadedRelease, ReleaseFault>> {
	const integrity = await checkIntegrity(manifest, files, makeEncoder !== null);
	if (integrity !== null) return fail(integrity);
	const { queries } = manifest.encoder;
	if (queries !== 1)
		return fail({ file: "manifest.json", message: `has an encoder with ${queries} queries a history; this version reads 1` });
	if (manifest.encoder.dim !== manifest.items.dim)
		return fail({ file: "manifest.json", message: "has an encoder and items of different dimensions" });

	const { count, dim } = manifest.items;
	const itemBytes = need(files, "items.bin");
	if (count * dim > itemBytes.byteLength) return fail({ file: "items.bin", message: `is too short for ${count} rows of ${dim}` });
	const space = createSpace(makeRowSpace, spaceBytes(itemBytes.byteLength) + besideItemsBytes(count), count, dim);
	const moved = space.take(itemBytes.byteLength);
	moved.set(itemBytes);
	const items = named("items.bin", readItems(moved, manifest));
	if (!items.ok) return items;
	const transitions = named("transitions.bin", readNeighbours(need(files, "transitions.bin"), manifest));
	if (!transitions.ok) return transitions;
	const similar = named(
		"similar.bin",
		optional(files, "similar.bin", (file) => readNeighbours(file, manifest)),
	);
	if (!similar.ok) return similar;
	const bought = named(
		"bought.bin",
		optional(files, "bought.bin", (file) => readNeighbours(file, manifest)),
	);
	if (!bought.ok) return bought;
	const words = named(
		"text.bin",
		optional(files, "text.bin", (file) => readWords(file, manifest.items.dim)),
	);
	if (!words.ok) return words;
	const meaning = named(
		"meaning.bin",
		optional(files, "meaning.bin", (file) => readWords(file, null)),
	);
	if (!meaning.ok) return meaning;
	const popular = readJson(Popular, "popular.json", files);
	if (!popular.ok) return popular;
	const fusion = readJson(Fusion, "fusion.json", files);
	if (!fusion.ok) return fusion;
	const parity = readJson(Parity, "parity.json", files);
	if (!parity.ok) return parity;

	let encoder: Encoder | null = null;
	if (makeEncoder !== null) {
		try {
			encoder = await makeEncoder(need(files, "encoder.int8.onnx"));
		} catch {
			return fail({ file: "encoder.int8.onnx", message: "cannot be loaded by ONNX Runtime" });
		}
	}
	const release: LoadedRelease = {
		manifest,
		items: items.value,
		table: tableOfRelease(items.value, space),
		transitions: transitions.value,
		similar: similar.value,
		bought: bought.value,
		words: words.value,
		meaning: meaning.value,
		popular: popular.value,
		fusion: fusion.value,
		parity: parity.value,
		encoder,
	};
	const disparity = checkParity(release, makeRowSpace);
	if (disparity !== null) {
		encoder?.release();
		return fail(disparity);
	}
	return ok(release);
}

/**
 * Checks a release as the serving path would load it, then lets it go: what activation asks before it moves the pointer.
 * @param read gives a file's bytes; null when it cannot be read
 */
export async function verifyRelease(
	manifest: Manifest,
	read: (file: ReleaseFile) => Promise<Uint8Array | null>,
	makeEncoder: MakeEncoder | null,
	makeRowSpace: MakeRowSpace,
): Promise<Result<null, ReleaseFault>> {
	const files: Partial<Record<ReleaseFile, Uint8Array>> = {};
	for (const file of filesOf(manifest)) {
		const bytes = await read(file);
		if (bytes !== null) files[file] = bytes;
	}
	const loaded = await loadRelease(manifest, files, makeEncoder, makeRowSpace);
	if (!loaded.ok) return loaded;
	loaded.value.encoder?.release();
	return ok(null);
}

/** The files that a manifest names, in a fixed order. */
export const filesOf = (manifest: Manifest): readonly ReleaseFile[] => RELEASE_FILES.filter((file) => manifest.files[file] !== undefined);

/** Each file that the manifest names, whole and unaltered; none that is required missing. */
async function checkIntegrity(manifest: Manifest, files: ReleaseFiles, withEncoder: boolean): Promise<ReleaseFault | null> {
	for (const file of RELEASE_FILES) {
		if (file === "encoder.int8.onnx" && !withEncoder) continue;
		const stated = manifest.files[file];
		const bytes = files[file];
		const isRequired = (REQUIRED_FILES as readonly string[]).includes(file);
		if (stated === undefined) {
			if (isRequired) return { file, message: "is not named in the manifest" };
			continue;
		}
		if (bytes === undefined) return { file, message: "is missing" };
		if (bytes.byteLength !== stated.bytes) return { file, message: `has ${bytes.byteLength} bytes; the manifest says ${stated.bytes}` };
		const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
		const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
		if (hex !== stated.sha256) return { file, message: "does not have the SHA-256 that the manifest states" };
	}
	return null;
}

function readJson<S extends v.GenericSchema>(schema: S, file: ReleaseFile, files: ReleaseFiles): Result<v.InferOutput<S>, ReleaseFault> {
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(need(files, file)));
	} catch {
		return fail({ file, message: "is not JSON in UTF-8" });
	}
	const parsed = v.safeParse(schema, value);
	return parsed.success ? ok(parsed.output) : fail({ file, message: `is not valid at ${v.getDotPath(parsed.issues[0]) ?? "its root"}` });
}

function need(files: ReleaseFiles, file: ReleaseFile): Uint8Array {
	const bytes = files[file];
	if (bytes === undefined) throw new Error(`${file} passed the integrity check without being there`);
	return bytes;
}

const optional = <T>(files: ReleaseFiles, file: ReleaseFile, read: (bytes: Uint8Array) => Result<T, string>): Result<T | null, string> =>
	files[file] === undefined ? ok(null) : read(files[file]);

const named = <T>(file: ReleaseFile, result: Result<T, string>): Result<T, ReleaseFault> =>
	result.ok ? result : fail({ file, message: result.error });
