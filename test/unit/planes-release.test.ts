// For the types of WebAssembly, which are neither the language's nor Node's.
/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { asPlanes } from "../../bench/serve/as-planes.ts";
import { readReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import { PARTS } from "../../src/contract/recommendation.ts";
import { type ByteRange, type Manifest, PAGED_SHARD_BYTES, type ReleaseFile, type StoredRelease } from "../../src/contract/release.ts";
import { withLinksAtHand } from "../../src/pipeline/links-at-hand.ts";
import { loadPlanes, verifyPlanes } from "../../src/pipeline/load-planes.ts";
import { createOverlaidRelease, type OverlaidRelease } from "../../src/pipeline/overlaid-release.ts";
import { createPlainSpace } from "../../src/pipeline/plain-space.ts";
import { rankCandidates } from "../../src/pipeline/rank-candidates.ts";
import { bucketWeights } from "../../src/rank/fusion.ts";
import { quantise } from "../../src/retrieve/rows.ts";
import { createKernelSpaces } from "../../src/runtime/kernels.ts";

const out = mkdtempSync(join(tmpdir(), "edgeshelf-planes-"));
afterAll(() => rmSync(out, { recursive: true }));
const folder = asPlanes(readReleaseFolder(resolve(import.meta.dirname, "../../models/demo")), out);
const { manifest } = folder;
const kernels = createKernelSpaces(
	new WebAssembly.Module(readFileSync(resolve(import.meta.dirname, "../../src/runtime/kernels-simd.generated.wasm"))),
);

type Changes = Partial<Record<ReleaseFile, (bytes: Uint8Array) => Uint8Array>>;
const fileOf = (name: ReleaseFile, changes: Changes) => {
	const bytes = new Uint8Array(readFileSync(join(out, name)));
	return changes[name]?.(bytes) ?? bytes;
};

/** The folder as a store, whose files come in pieces of an odd length. */
function storeWith(changes: Changes = {}, calls: (readonly ByteRange[])[] = []): StoredRelease {
	return {
		files: async (names) => Object.fromEntries(names.filter((name) => manifest.files[name]).map((name) => [name, fileOf(name, changes)])),
		async open(name) {
			const bytes = fileOf(name, changes);
			async function* pieces() {
				for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
			}
			return { body: pieces(), sha256: async () => sha256Of(bytes) };
		},
		async parts(name, asked) {
			calls.push(asked);
			const bytes = fileOf(name, changes);
			return asked.map(([from, to]) => bytes.slice(from, to));
		},
	};
}
const stating = (changes: Changes): Manifest => ({
	...manifest,
	files: Object.fromEntries(
		Object.entries(manifest.files).map(([name, stated]) => {
			const bytes = fileOf(name as ReleaseFile, changes);
			return [name, name in changes ? { sha256: sha256Of(bytes), bytes: bytes.byteLength } : stated];
		}),
	) as Manifest["files"],
});

async function loaded(makeRowSpace = kernels, stored = storeWith()): Promise<OverlaidRelease> {
	const result = await loadPlanes(manifest, stored, null, makeRowSpace, null);
	if (!result.ok) throw new Error(`${result.error.file} ${result.error.message}`);
	return createOverlaidRelease(result.value, makeRowSpace);
}

/** Best rows for a history of the trainer's, by its own query. */
async function topOf(release: OverlaidRelease, place: number): Promise<string[]> {
	const known = release.loaded.parity.histories[place];
	if (known === undefined) throw new Error(`There is no history ${place}`);
	await withLinksAtHand(release, { history: known.items.map((item) => ({ item, event: "view" as const })), items: [] });
	const rows = Int32Array.from(known.items, release.rowOf);
	release.loaded.table.masked.fill(0);
	for (const row of rows) release.mask(row);
	const weights = bucketWeights(release.loaded.fusion.buckets, rows.length);
	const found = rankCandidates(release, quantise(Float32Array.from(known.query)), rows, weights, PARTS, known.fusedTop.length);
	return Array.from(found.rows, release.idOf);
}

describe.each([
	["kernels", kernels],
	["plain loops", createPlainSpace],
])("a release in planes, by %s", (_, make) => {
	test("gives the trainer's answers for every history that is stated, links and all", async () => {
		const release = await loaded(make);
		for (const [place, { fusedTop }] of release.loaded.parity.histories.entries()) {
			const found = await topOf(release, place);
			expect(found.filter((id) => fusedTop.includes(id)).length).toBeGreaterThanOrEqual(fusedTop.length - 1);
		}
	});
});

test("reads of the links what a request asks for, in one call and once", async () => {
	const calls: (readonly ByteRange[])[] = [];
	const release = await loaded(kernels, storeWith({}, calls));
	const before = calls.length;
	const [item, other] = [release.idOf(700), release.idOf(900)];
	const history = [item, other].map((id) => ({ item: id, event: "view" as const }));
	await withLinksAtHand(release, { history, items: [item, "no-such", null] });
	expect(calls.length).toBe(before + 1);
	// Of a product's variants too, and each page once.
	const pages = calls.at(-1)?.map(([from]) => from) ?? [];
	expect(pages.length).toBeGreaterThan(1);
	expect(new Set(pages).size).toBe(pages.length);
	expect(release.loaded.similar?.linksOf(700)?.targets.length).toBeGreaterThan(0);
	expect(release.loaded.similar?.linksOf(900)?.targets.length).toBeGreaterThan(0);
	await withLinksAtHand(release, { history, items: [] });
	expect(calls.length).toBe(before + 1);
});

test("no page lies in more shards than it needs", async () => {
	const calls: (readonly ByteRange[])[] = [];
	const release = await loaded(kernels, storeWith({}, calls));
	const before = calls.length;
	for (let row = 0; row < release.loaded.items.count; row++) await withLinksAtHand(release, { history: [], items: [release.idOf(row)] });
	const pages = calls.slice(before).flat();
	expect(pages.length).toBeGreaterThan(100);
	const shardOf = (byte: number) => Math.floor(byte / PAGED_SHARD_BYTES);
	for (const [from, to] of pages) expect(shardOf(to - 1) - shardOf(from)).toBe(Math.ceil((to - from) / PAGED_SHARD_BYTES) - 1);
});

test("answers without links while the store is dead, and is given to nobody once it was let go", async () => {
	const stored = storeWith();
	let isDead = false;
	const release = await loaded(kernels, {
		...stored,
		parts: (...asked) => (isDead ? Promise.reject(new Error("dead")) : stored.parts(...asked)),
	});
	isDead = true;
	const about = { history: [{ item: release.idOf(1000), event: "view" as const }], items: [] };
	expect(await withLinksAtHand(release, about)).toBe(release);
	expect(release.loaded.transitions.linksOf(1000)).toBeNull();
	release.retire();
	expect(await withLinksAtHand(release, about)).toBeNull();
});

test("takes the memory of the one before, and gives the same answers in it", async () => {
	const first = await loadPlanes(manifest, storeWith(), null, kernels, null);
	if (!first.ok) throw new Error(first.error.message);
	const { buffer } = first.value.table.masked;
	first.value.table.hidden.fill(1);
	const second = await loadPlanes(manifest, storeWith(), null, kernels, first.value.space);
	if (!second.ok) throw new Error(`${second.error.file} ${second.error.message}`);
	expect(second.value.table.masked.buffer).toBe(buffer);
	expect(second.value.table.hidden.every((mark) => mark === 0)).toBe(true);
});

/** Changes the section's first bytes, wherever it lies. */
const within =
	(section: string, change: (bytes: Uint8Array) => void) =>
	(file: Uint8Array): Uint8Array => {
		const head = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + new DataView(file.buffer).getUint32(4, true))));
		const { offset, bytes } = head.sections[section];
		change(file.subarray(offset, offset + bytes));
		return file;
	};

test.each<[string, ReleaseFile, (bytes: Uint8Array) => Uint8Array]>([
	["a vector of more than 6 bits", "items.bin", within("vectors", (bytes) => bytes.fill(100, 640, 641))],
	["ids out of order", "items.bin", within("idBytes", (bytes) => bytes.fill(0x7a, 0, 1))],
	["offsets of ids that lead beyond", "items.bin", within("idOffsets", (bytes) => bytes.fill(0xff, 40, 44))],
	["a code of no category", "items.bin", within("category", (bytes) => bytes.fill(0x7f, 0, 4))],
	["a scale that is no number", "items.bin", within("scales", (bytes) => bytes.fill(0xff, 0, 4))],
	["rows cut short", "items.bin", (bytes) => bytes.subarray(0, bytes.length - 64)],
	["a header alone", "items.bin", (bytes) => bytes.subarray(0, 100)],
	["nothing", "items.bin", () => new Uint8Array(0)],
	["pages out of order", "links.bin", within("pageOffsets", (bytes) => bytes.fill(0xff, 8, 12))],
	["links of another kind", "links.bin", (bytes) => bytes.fill(0, 0, 4)],
])("%s: refused by name, before it serves and where it is checked for serving", async (_, file, change) => {
	const changes = { [file]: change };
	for (const result of [
		await loadPlanes(stating(changes), storeWith(changes), null, kernels, null),
		await verifyPlanes(stating(changes), storeWith(changes), null),
	]) {
		expect(result).toMatchObject({ ok: false, error: { file } });
	}
});

/** Damages the last page. */
function lastPageOff(file: Uint8Array): Uint8Array {
	let start = 0;
	within("pageOffsets", ({ buffer, byteOffset, byteLength }) => {
		start = new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 8, true);
	})(file);
	return within("pages", (bytes) => bytes.fill(0xff, start))(file);
}

test("bytes that are not those of the manifest are refused; a damaged page has no links", async () => {
	const changes: Changes = { "items.bin": within("popularity", (bytes) => bytes.fill(0, 0, 4)) };
	expect(await loadPlanes(manifest, storeWith(changes), null, kernels, null)).toMatchObject({
		ok: false,
		error: { file: "items.bin", message: "does not have the SHA-256 that the manifest states" },
	});
	const release = await loaded(kernels, storeWith({ "links.bin": lastPageOff }));
	const row = release.loaded.items.count - 1;
	await withLinksAtHand(release, { history: [], items: [release.idOf(row)] });
	expect(release.loaded.similar?.linksOf(row)).toBeNull();
});
