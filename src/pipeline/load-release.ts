import { type Fusion, type Manifest, type Parity, type Popular, RELEASE_FILES, type ReleaseFile } from "../contract/release.ts";
import { fail, ok, type Result } from "../contract/result.ts";
import type { Links } from "../retrieve/neighbours.ts";
import type { WordTable } from "../text/text-vector.ts";
import { checkParity } from "./check-parity.ts";
import { verifyPlanes } from "./load-planes.ts";
import type { PagedLinks } from "./paged-links.ts";
import { createSpace, spaceBytes } from "./plain-space.ts";
import type { Encoder, MakeEncoder, MakeRowSpace, RowSpace, StoredRelease } from "./ports.ts";
import { type ItemFile, readItems } from "./read-items.ts";
import { readNeighbours } from "./read-neighbours.ts";
import type { NextFile } from "./read-next.ts";
import { checkIntegrity, named, needFile, optionalFile, type ReleaseFiles, readSmallFiles, wholeFiles } from "./small-files.ts";
import { besideItemsBytes, type Table, tableOfRelease } from "./table.ts";
import { turn } from "./turn.ts";

/** A release in memory, as it was published: nothing of the overlay is in it yet. */
export type LoadedRelease = {
	readonly manifest: Manifest;
	readonly items: Pick<ItemFile, "count" | "dim" | "ids" | "meta" | "group" | "recent">;
	/** The items as a table, in a space of their own. */
	readonly table: Table;
	readonly space: RowSpace | null;
	readonly transitions: Links;
	readonly similar: Links | null;
	readonly bought: Links | null;
	/** Where the links must be fetched before a request asks for them; null: all are at hand. */
	readonly pagedLinks: PagedLinks | null;
	/** Words as points in item space. */
	readonly words: WordTable | null;
	/** Words by what they mean, in a space of their own. */
	readonly meaning: WordTable | null;
	readonly popular: Popular;
	readonly fusion: Fusion;
	readonly parity: Parity;
	/** What is looked for next; null: no log told. */
	readonly next: NextFile | null;
	/** null: it could not be made, and the rung is `session` at best. */
	readonly encoder: Encoder | null;
};

/** The encoder while it can answer; null: the rung is `session` at best. */
export const workingEncoder = ({ encoder }: Pick<LoadedRelease, "encoder">): Encoder | null =>
	encoder === null || encoder.fault !== null ? null : encoder;

export type ReleaseFault = { readonly file: string; readonly message: string };

/**
 * Checks and loads a release, step by step: a request that comes meanwhile is answered between two of them.
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
	const integrity = await checkIntegrity(manifest, files, wholeFiles(manifest, makeEncoder !== null));
	if (integrity !== null) return fail(integrity);
	const { queries } = manifest.encoder;
	if (queries !== 1)
		return fail({ file: "manifest.json", message: `has an encoder with ${queries} queries a history; this version reads 1` });
	if (manifest.encoder.dim !== manifest.items.dim)
		return fail({ file: "manifest.json", message: "has an encoder and items of different dimensions" });

	const { count, dim } = manifest.items;
	const itemBytes = needFile(files, "items.bin");
	if (count * dim > itemBytes.byteLength) return fail({ file: "items.bin", message: `is too short for ${count} rows of ${dim}` });
	const space = createSpace(makeRowSpace, spaceBytes(itemBytes.byteLength) + besideItemsBytes(count), count, dim);
	const moved = space.take(itemBytes.byteLength);
	moved.set(itemBytes);
	const items = named("items.bin", readItems(moved, manifest));
	if (!items.ok) return items;
	await turn();
	const transitions = named("transitions.bin", readNeighbours(needFile(files, "transitions.bin"), manifest));
	if (!transitions.ok) return transitions;
	const similar = named(
		"similar.bin",
		optionalFile(files, "similar.bin", (file) => readNeighbours(file, manifest)),
	);
	if (!similar.ok) return similar;
	const bought = named(
		"bought.bin",
		optionalFile(files, "bought.bin", (file) => readNeighbours(file, manifest)),
	);
	if (!bought.ok) return bought;
	await turn();
	const small = await readSmallFiles(manifest, files, makeEncoder);
	if (!small.ok) return small;
	await turn();
	const release: LoadedRelease = {
		manifest,
		items: items.value,
		table: tableOfRelease(items.value, space),
		space,
		transitions: transitions.value,
		similar: similar.value,
		bought: bought.value,
		pagedLinks: null,
		...small.value,
	};
	const disparity = await checkParity(release, makeRowSpace);
	if (disparity !== null) {
		release.encoder?.release();
		return fail(disparity);
	}
	return ok(release);
}

/**
 * Checks a release as the serving path would load it, then lets it go: what activation asks before it moves the pointer.
 */
export async function verifyRelease(
	manifest: Manifest,
	stored: StoredRelease,
	makeEncoder: MakeEncoder | null,
	makeRowSpace: MakeRowSpace,
): Promise<Result<null, ReleaseFault>> {
	if (manifest.items.layout === "planes") return verifyPlanes(manifest, stored, makeEncoder);
	const loaded = await loadRelease(manifest, await stored.files(filesOf(manifest)), makeEncoder, makeRowSpace);
	if (!loaded.ok) return loaded;
	loaded.value.encoder?.release();
	return ok(null);
}

/** The files that a manifest names, in a fixed order. */
export const filesOf = (manifest: Manifest): readonly ReleaseFile[] => RELEASE_FILES.filter((file) => manifest.files[file] !== undefined);
