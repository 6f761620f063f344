import * as v from "valibot";
import { Fusion, type Manifest, Parity, Popular, RELEASE_FILES, type ReleaseFile, requiredFiles } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import type { LoadedRelease, ReleaseFault } from "./load-release.ts";
import type { Encoder, MakeEncoder } from "./ports.ts";
import { readNext } from "./read-next.ts";
import { readWords } from "./read-words.ts";
import { turn } from "./turn.ts";

export type ReleaseFiles = Readonly<Partial<Record<ReleaseFile, Uint8Array>>>;

/** What a release holds beside its items and their links, from files that passed the integrity check. */
export async function readSmallFiles(
	manifest: Manifest,
	files: ReleaseFiles,
	makeEncoder: MakeEncoder | null,
): Promise<Result<Pick<LoadedRelease, "words" | "meaning" | "popular" | "fusion" | "parity" | "next" | "encoder">, ReleaseFault>> {
	const words = named(
		"text.bin",
		optionalFile(files, "text.bin", (file) => readWords(file, manifest.items.dim)),
	);
	if (!words.ok) return words;
	const meaning = named(
		"meaning.bin",
		optionalFile(files, "meaning.bin", (file) => readWords(file, null)),
	);
	if (!meaning.ok) return meaning;
	const popular = readJson(Popular, "popular.json", files);
	if (!popular.ok) return popular;
	const fusion = readJson(Fusion, "fusion.json", files);
	if (!fusion.ok) return fusion;
	const parity = readJson(Parity, "parity.json", files);
	if (!parity.ok) return parity;
	const next = named(
		"next.json",
		optionalFile(files, "next.json", (file) => readNext(file, manifest)),
	);
	if (!next.ok) return next;
	let encoder: Encoder | null = null;
	if (makeEncoder !== null) {
		await turn();
		try {
			encoder = await makeEncoder(needFile(files, "encoder.int8.onnx"));
		} catch {
			return fail({ file: "encoder.int8.onnx", message: "cannot be loaded by ONNX Runtime" });
		}
	}
	return ok({
		words: words.value,
		meaning: meaning.value,
		popular: popular.value,
		fusion: fusion.value,
		parity: parity.value,
		next: next.value,
		encoder,
	});
}

/** Files that are read whole: those in planes go by in pieces, and none needs a model that nobody makes. */
export const wholeFiles = ({ items: { layout } }: Manifest, withEncoder: boolean): readonly ReleaseFile[] =>
	RELEASE_FILES.filter(
		(file) => (withEncoder || file !== "encoder.int8.onnx") && !(layout === "planes" && (file === "items.bin" || file === "links.bin")),
	);

/** Each of the files that the manifest names, whole and unaltered; none that is required missing. */
export async function checkIntegrity(manifest: Manifest, files: ReleaseFiles, names: readonly ReleaseFile[]): Promise<ReleaseFault | null> {
	for (const file of names) {
		const stated = manifest.files[file];
		const bytes = files[file];
		const isRequired = requiredFiles(manifest.items.layout).includes(file);
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
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(needFile(files, file)));
	} catch {
		return fail({ file, message: "is not JSON in UTF-8" });
	}
	const parsed = v.safeParse(schema, value);
	return parsed.success ? ok(parsed.output) : fail({ file, message: `is not valid at ${v.getDotPath(parsed.issues[0]) ?? "its root"}` });
}

export function needFile(files: ReleaseFiles, file: ReleaseFile): Uint8Array {
	const bytes = files[file];
	if (bytes === undefined) throw new Error(`${file} passed the integrity check without being there`);
	return bytes;
}

export const optionalFile = <T>(
	files: ReleaseFiles,
	file: ReleaseFile,
	read: (bytes: Uint8Array) => Result<T, string>,
): Result<T | null, string> => (files[file] === undefined ? ok(null) : read(files[file]));

export const named = <T>(file: ReleaseFile, result: Result<T, string>): Result<T, ReleaseFault> =>
	result.ok ? result : fail({ file, message: result.error });
