// For the types of WebAssembly, which are neither the language's nor Node's.
/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asPlanes } from "../../bench/serve/as-planes.ts";
import { type ReleaseFolder, readReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import type { ActivePointer, ReleaseFile, StoredRelease } from "../../src/contract/release.ts";
import type { OverlaidRelease } from "../../src/pipeline/overlaid-release.ts";
import type { Encoder } from "../../src/pipeline/ports.ts";
import { createReleaseKeeper } from "../../src/pipeline/release-keeper.ts";
import { createKernelSpaces } from "../../src/runtime/kernels.ts";

const out = mkdtempSync(join(tmpdir(), "edgeshelf-swap-"));
afterAll(() => rmSync(out, { recursive: true }));
const root = resolve(import.meta.dirname, "../..");
const inRows = readReleaseFolder(join(root, "models/demo"));
const inPlanes = asPlanes(inRows, out);
const kernels = createKernelSpaces(new WebAssembly.Module(readFileSync(join(root, "src/runtime/kernels-simd.generated.wasm"))));

/** Answers as the trainer's model did, history by history: that is all that loading asks. */
function parrotOf({ path }: ReleaseFolder) {
	const { histories } = JSON.parse(readFileSync(join(path, "parity.json"), "utf8"));
	let asked = 0;
	let isReleased = false;
	return {
		fault: null,
		encode: () => Float32Array.from(histories[asked++ % histories.length].query),
		release() {
			isReleased = true;
		},
		get isReleased() {
			return isReleased;
		},
	} satisfies Encoder & { isReleased: boolean };
}

let isolate: ReturnType<typeof createIsolate>;
beforeEach(() => {
	isolate = createIsolate();
});

/** A keeper over a store in memory. Releases "p1", "p2" and "p3" are in planes, "r1" in rows. */
function createIsolate() {
	let pointer: ActivePointer = { active: null, previous: null, canary: null, canaryShare: 0, updatedAt: 0 };
	let now = 1_000_000;
	const encoders: ReturnType<typeof parrotOf>[] = [];
	const folderOf = (id: string) => (id.startsWith("p") ? inPlanes : inRows);
	/** Releases whose items are damaged. */
	const damaged = new Set<string>();
	/** What the reading of items waits for. */
	let gate: Promise<void> = Promise.resolve();
	let opened: PromiseWithResolvers<void> | null = null;

	const storedAs = (id: string): StoredRelease => {
		const { path, manifest } = folderOf(id);
		const bytesOf = (name: ReleaseFile) => {
			const bytes = new Uint8Array(readFileSync(join(path, name)));
			if (name === "items.bin" && damaged.has(id)) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
			return bytes;
		};
		return {
			files: async (names) => Object.fromEntries(names.filter((name) => manifest.files[name]).map((name) => [name, bytesOf(name)])),
			async open(name) {
				const bytes = bytesOf(name);
				async function* pieces() {
					opened?.resolve();
					await gate;
					yield bytes;
				}
				return { body: pieces(), sha256: async () => sha256Of(bytes) };
			},
			parts: async (name, ranges) => ranges.map(([from, to]) => bytesOf(name).slice(from, to)),
		};
	};
	const keeper = createReleaseKeeper({
		releases: {
			pointer: async () => pointer,
			manifest: async (id) => (id === "none" ? null : { ...folderOf(id).manifest, id }),
			stored: storedAs,
		},
		overlay: { changes: async () => [] },
		hotLists: {
			lists: async () => ({
				overall: [],
				byCategory: new Map(),
				trending: { overall: [], byCategory: new Map() },
				newest: [],
				queries: [],
			}),
			products: async () => [],
			named: async () => [],
			staticIds: async () => null,
		},
		rules: { rules: async () => [] },
		makeEncoder: async () => {
			const encoder = parrotOf(folderOf(pointer.active ?? "p1"));
			encoders.push(encoder);
			return encoder;
		},
		makeRowSpace: kernels,
		onFault: () => {},
	});
	/** Reads as a request would that comes some seconds later. @returns what the request started */
	function poll(seconds = 10, left: Promise<void> = Promise.resolve()): Promise<unknown> {
		now += seconds;
		const started: Promise<unknown>[] = [];
		keeper.tend(now, (work) => started.push(work), { responded: Promise.resolve(), left });
		return Promise.all(started);
	}
	return {
		keeper,
		encoders,
		damaged,
		poll,
		async point(to: Partial<ActivePointer>, seconds = 10) {
			pointer = { ...pointer, ...to };
			await poll(seconds);
		},
		/** Points without reading. */
		aim(to: Partial<ActivePointer>) {
			pointer = { ...pointer, ...to };
		},
		/** Holds the next release's items back. @returns when they are being read, and what lets them come */
		hold() {
			const held = Promise.withResolvers<void>();
			opened = Promise.withResolvers();
			gate = held.promise;
			return { reading: opened.promise, go: held.resolve };
		},
	};
}

const served = (): OverlaidRelease => {
	const release = isolate.keeper.serving(null);
	if (release === null) throw new Error("nothing serves");
	return release;
};
const idServed = () => isolate.keeper.serving(null)?.loaded.manifest.id ?? null;
const memoryOf = ({ loaded }: OverlaidRelease) => loaded.table.masked.buffer;

test("the next release in planes is read into the memory of the one before, once the request is answered; nothing serves meanwhile", async () => {
	await isolate.point({ active: "p1" });
	const first = served();
	const memory = memoryOf(first);
	isolate.aim({ active: "p2" });
	const { reading, go } = isolate.hold();
	const answered = Promise.withResolvers<void>();
	const swapped = isolate.poll(10, answered.promise);
	// The registry is read by now; the request that started it still runs.
	await new Promise((done) => setTimeout(done));
	expect(idServed()).toBe("p1");
	expect(first.isRetired).toBe(false);
	answered.resolve();
	await reading;
	expect(isolate.keeper.serving(null)).toBeNull();
	expect(isolate.keeper.named("p2")).toBeNull();
	expect(first.isRetired).toBe(true);
	expect(isolate.encoders.map(({ isReleased }) => isReleased)).toEqual([true, false]);
	go();
	await swapped;
	expect(idServed()).toBe("p2");
	expect(memoryOf(served())).toBe(memory);
	expect(served().isRetired).toBe(false);
	expect(isolate.keeper.fault).toBeNull();
});

test("memory goes on from swap to swap, also over a release that could not be read", async () => {
	await isolate.point({ active: "p1" });
	const memory = memoryOf(served());
	isolate.damaged.add("p2");
	await isolate.point({ active: "p2" });
	expect(isolate.keeper.serving(null)).toBeNull();
	expect(isolate.keeper.fault).toMatchObject({ release: "p2", file: "items.bin" });
	expect(isolate.encoders.every(({ isReleased }) => isReleased)).toBe(true);
	// Not at each reading: for that is half a minute's rest.
	const tried = isolate.encoders.length;
	await isolate.poll(10);
	expect(isolate.encoders).toHaveLength(tried);
	isolate.damaged.clear();
	await isolate.poll(20);
	expect(idServed()).toBe("p2");
	expect(isolate.keeper.fault).toBeNull();
	expect(memoryOf(served())).toBe(memory);
	await isolate.point({ active: "p3" });
	expect(memoryOf(served())).toBe(memory);
});

test("a rollback from a release that could not be read finds the memory too", async () => {
	await isolate.point({ active: "p1" });
	const memory = memoryOf(served());
	isolate.damaged.add("p2");
	await isolate.point({ active: "p2" });
	await isolate.point({ active: "p1" });
	expect(idServed()).toBe("p1");
	expect(memoryOf(served())).toBe(memory);
});

test("a release that is not there costs nothing: the one before serves on", async () => {
	await isolate.point({ active: "p1" });
	const first = served();
	await isolate.point({ active: "none" });
	expect(isolate.keeper.serving(null)).toBe(first);
	expect(first.isRetired).toBe(false);
	expect(isolate.keeper.fault).toMatchObject({ release: "none", file: "manifest.json" });
});

test.each([
	["in planes beside one in rows", "r1", "p1"],
	["in rows beside one in planes", "p1", "r1"],
	["in planes beside another", "p1", "p2"],
])("a canary %s is not loaded, and the active one is left alone", async (_, active, canary) => {
	await isolate.point({ active });
	const before = served();
	await isolate.point({ canary, canaryShare: 0.5 });
	expect(isolate.keeper.canary).toBeNull();
	expect(isolate.keeper.fault).toMatchObject({ release: canary, file: "manifest.json" });
	expect(isolate.keeper.serving(null)).toBe(before);
	expect(before.isRetired).toBe(false);
	expect(isolate.encoders.map(({ isReleased }) => isReleased)).toEqual([false]);
	// As the active one it is loaded, alone.
	await isolate.point({ active: canary, canary: null, canaryShare: 0 }, 30);
	expect(idServed()).toBe(canary);
	expect(before.isRetired).toBe(true);
	expect(isolate.encoders.map(({ isReleased }) => isReleased)).toEqual([true, false]);
});

test("from planes to rows and back: neither lies beside the other, and memory that rows have no use for goes", async () => {
	await isolate.point({ active: "p1" });
	const memory = memoryOf(served());
	isolate.aim({ active: "r1" });
	const answered = Promise.withResolvers<void>();
	const swapped = isolate.poll(10, answered.promise);
	answered.resolve();
	await swapped;
	expect(idServed()).toBe("r1");
	isolate.aim({ active: "p2" });
	const { reading, go } = isolate.hold();
	const back = isolate.poll();
	await reading;
	expect(isolate.keeper.serving(null)).toBeNull();
	go();
	await back;
	expect(idServed()).toBe("p2");
	expect(memoryOf(served())).not.toBe(memory);
	expect(isolate.encoders.map(({ isReleased }) => isReleased)).toEqual([true, true, false]);
});
