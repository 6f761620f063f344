import { expect, test } from "vitest";
import { meanEncoder } from "../../test/fixtures/mean-encoder.ts";
import { TINY_NEXT, TINY_TRANSITIONS, type TinyFile, tinyItems, tinyNeighbours, tinyRelease } from "../../test/fixtures/tiny-release.ts";
import type { ReleaseFile, StoredRelease } from "../contract/release.ts";
import { readContainer } from "./esb1.ts";
import { loadRelease, verifyRelease } from "./load-release.ts";
import { createPlainSpace } from "./plain-space.ts";
import type { MakeEncoder } from "./ports.ts";
import { writeContainer } from "./write-esb1.ts";

const bytesOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const MODEL = new Uint8Array([1, 2, 3]);
const makeEncoder: MakeEncoder = async () => meanEncoder();

/** The fault of a release in which one file was replaced, the manifest stating it as it is. */
async function faultOf(file: TinyFile, bytes: Uint8Array<ArrayBuffer>, make: MakeEncoder | null = makeEncoder) {
	const { manifest, files } = await tinyRelease(MODEL, { [file]: bytes });
	const loaded = await loadRelease(manifest, files, make, createPlainSpace);
	return loaded.ok ? null : loaded.error;
}

test("loads a whole release and agrees with answers that were computed without it", async () => {
	const { manifest, files } = await tinyRelease(MODEL);
	const loaded = await loadRelease(manifest, files, makeEncoder, createPlainSpace);
	expect(loaded.ok && loaded.value.items.count).toBe(12);
});

test("refuses a file that was altered, cut short or is missing, by its name", async () => {
	const { manifest, files } = await tinyRelease(MODEL);
	for (const file of Object.keys(files) as TinyFile[]) {
		const altered = new Uint8Array(files[file]);
		altered[altered.length - 1] = (altered[altered.length - 1] as number) ^ 1;
		for (const bytes of [altered, files[file].slice(0, -1), undefined]) {
			const { [file]: _, ...others } = files;
			const loaded = await loadRelease(
				manifest,
				bytes === undefined ? others : { ...others, [file]: bytes },
				makeEncoder,
				createPlainSpace,
			);
			expect(loaded.ok ? null : loaded.error.file).toBe(file);
		}
	}
});

test("refuses a container whose header does not fit its own file", async () => {
	const items = tinyItems();
	expect(await faultOf("items.bin", items.slice(0, -16))).toMatchObject({ file: "items.bin" });
	expect(await faultOf("items.bin", new Uint8Array([...bytesOf("ESB2"), ...items.slice(4)]))).toEqual({
		file: "items.bin",
		message: "is not an ESB1 file",
	});
	expect(await faultOf("items.bin", tinyNeighbours({}))).toEqual({ file: "items.bin", message: "is of kind neighbours, not items" });
});

test("refuses next searches that link nowhere, miss a node or come from too few people", async () => {
	const messageOf = async (changes: object) => (await faultOf("next.json", bytesOf(JSON.stringify({ ...TINY_NEXT, ...changes }))))?.message;
	expect(await messageOf({})).toBeUndefined();
	expect(await messageOf({ links: TINY_NEXT.links.map(() => [[8, 1]]) })).toBe("links to a node that is not there");
	expect(await messageOf({ popularity: [] })).toBe("does not tell of each node");
	expect(await messageOf({ kPair: 2 })).toBe("has pairs of 2 visitors; the manifest says 3");
	expect(await messageOf({ kQuery: 49 })).toBe("has searches of 49 visitors; 50 are a crowd");
	expect(await messageOf({ shares: {} })).toBe("is not valid at shares.before");
});

test("refuses a neighbour table that links outside the items or is for other items", async () => {
	expect(await faultOf("transitions.bin", tinyNeighbours({ 0: [[12, 255]] }))).toEqual({
		file: "transitions.bin",
		message: "links to row 12 of 12",
	});
	const column = (dtype: "u32" | "u8" | "f32", values: number[]) => ({ dtype, shape: [values.length], values }) as const;
	const other = writeContainer(
		"neighbours",
		{ offsets: column("u32", [0, 0]), targets: column("u32", []), weights: column("u8", []), scales: column("f32", [0]) },
		{ items: 1, kPair: 3 },
	);
	expect(await faultOf("bought.bin", other)).toEqual({ file: "bought.bin", message: "is for 1 items; the manifest says 12" });
});

test("refuses a counted table with pairs of fewer visitors than the manifest says", async () => {
	const column = (dtype: "u32" | "u8" | "f32", values: number[]) => ({ dtype, shape: [values.length], values }) as const;
	const empty = { offsets: new Array(13).fill(0), scales: new Array(12).fill(0) };
	const ofTwo = writeContainer(
		"neighbours",
		{ offsets: column("u32", empty.offsets), targets: column("u32", []), weights: column("u8", []), scales: column("f32", empty.scales) },
		{ items: 12, kPair: 2 },
	);
	expect(await faultOf("bought.bin", ofTwo)).toEqual({ file: "bought.bin", message: "has pairs of 2 visitors; the manifest says 3" });
});

test("refuses JSON files that are none or lack a field", async () => {
	expect(await faultOf("fusion.json", bytesOf("{"))).toEqual({ file: "fusion.json", message: "is not JSON in UTF-8" });
	expect(await faultOf("popular.json", bytesOf('{"overall":[]}'))).toMatchObject({ file: "popular.json" });
});

test("refuses a release whose model, table or fusion does not give the trainer's answers", async () => {
	const strange: MakeEncoder = async () => ({ ...meanEncoder(), encode: () => Float32Array.of(1, -1, 1, -1) });
	expect(await faultOf("similar.bin", tinyNeighbours({}), strange)).toMatchObject({ file: "encoder.int8.onnx" });
	const { 0: first } = TINY_TRANSITIONS;
	expect(
		await faultOf("transitions.bin", tinyNeighbours({ 0: (first ?? []).map(([target, weight]) => [target, weight / 2]) })),
	).toMatchObject({
		file: "fusion.json",
	});
});

test("refuses a release whose model cannot be loaded; without the encoder it loads", async () => {
	const broken: MakeEncoder = () => Promise.reject(new Error("no model"));
	const { manifest, files } = await tinyRelease(MODEL);
	const storedWithout = (left: ReleaseFile | null): StoredRelease => ({
		files: async () => Object.fromEntries(Object.entries(files).filter(([name]) => name !== left)),
		open: async () => null,
		parts: async () => [],
	});
	const read = storedWithout(null);
	expect(await verifyRelease(manifest, read, broken, createPlainSpace)).toMatchObject({ ok: false, error: { file: "encoder.int8.onnx" } });
	expect(await verifyRelease(manifest, read, null, createPlainSpace)).toEqual({ ok: true, value: null });
	expect(await verifyRelease(manifest, storedWithout("text.bin"), makeEncoder, createPlainSpace)).toEqual({
		ok: false,
		error: { file: "text.bin", message: "is missing" },
	});
});

test("refuses words that lie across one another, or weigh what is no number", async () => {
	const { files } = await tinyRelease(MODEL);
	const read = readContainer(files["text.bin"], "text");
	if (!read.ok) throw new Error(read.error);
	const container = read.value;
	const section = <K extends "u32" | "u8" | "i8" | "f32">(name: string, dtype: K, shape: (number | null)[]) => {
		const found = container.section(name, dtype, shape);
		if (!found.ok) throw new Error(found.error);
		return { dtype, shape: shape.map((size) => size ?? found.value.length), values: [...found.value] };
	};
	const sections = {
		wordOffsets: section("wordOffsets", "u32", [5]),
		wordBytes: section("wordBytes", "u8", [null]),
		vectors: section("vectors", "i8", [4, 4]),
		scales: section("scales", "f32", [4]),
		idf: section("idf", "f32", [4]),
		bias: section("bias", "f32", [4]),
	};
	const faultWith = (changes: Partial<typeof sections>) =>
		faultOf("text.bin", writeContainer("text", { ...sections, ...changes }, container.meta));
	expect(await faultWith({})).toBeNull();
	const [first, second, third, ...rest] = sections.wordOffsets.values as [number, number, number];
	const crossed = { ...sections.wordOffsets, values: [first, third, second, ...rest] };
	expect(await faultWith({ wordOffsets: crossed })).toEqual({ file: "text.bin", message: "has word offsets out of order" });
	for (const name of ["scales", "idf", "bias"] as const) {
		const values = [Number.NaN, ...sections[name].values.slice(1)];
		expect(await faultWith({ [name]: { ...sections[name], values } })).toEqual({
			file: "text.bin",
			message: "has a scale, idf or bias that is no number",
		});
	}
});
