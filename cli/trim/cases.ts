import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { EncoderInput } from "../../src/pipeline/ports.ts";

const GRAPHS = new URL("graphs/", import.meta.url);
const RELEASES = new URL("../../models/", import.meta.url);
/** What the Worker runs as it starts. */
const BOOT_ENCODER = new URL("../../src/runtime/boot-encoder.bin", import.meta.url);
/** Graphs that no profile sees, so that the comparison tells whether the others stand for shapes beside theirs. */
const UNSEEN = "unseen.";

/** A model and what it is asked. */
export type Case = { readonly name: string; readonly model: Uint8Array; readonly inputs: readonly EncoderInput[] };

/** Rows of a matrix that kernels treat apart, and the longest history of the default settings. */
const STEPS = [1, 2, 3, 4, 5, 7, 8, 16, 33, 50];
const EVERY_LENGTH = Array.from({ length: 50 }, (_, place) => place + 1);

/**
 * All that the trimmed runtime must do as the untrimmed one does: the committed releases, an encoder of each shape, and
 * each way in which a model or an input can be wrong.
 */
export function readCases(): { readonly profiled: readonly Case[]; readonly unseen: readonly Case[] } {
	const graphs = readdirSync(GRAPHS)
		.filter((file) => file.endsWith(".onnx.gz"))
		.sort()
		.map((file) => ({ file, model: new Uint8Array(gunzipSync(readFileSync(new URL(file, GRAPHS)))) }));
	const cases = graphs.map(({ file, model }) => ({ name: file, model, inputs: soundInputs(dimOf(file)) }));
	const [broken] = graphs.filter(({ file }) => file.includes("2x10.blocks-1"));
	if (broken === undefined) throw new Error(`${GRAPHS.pathname} lacks the graph whose copies are broken`);
	const dim = dimOf(broken.file);
	return {
		profiled: [
			...cases.filter(({ name }) => !name.startsWith(UNSEEN)),
			{ name: "boot", model: new Uint8Array(readFileSync(BOOT_ENCODER)), inputs: soundInputs(16) },
			...committedReleases(),
			{ name: "wrong inputs", model: broken.model, inputs: wrongInputs(dim) },
			...brokenModels(broken.model).map(({ name, model }) => ({ name, model, inputs: [inputOf(3, dim, 1), inputOf(3, dim, 1)] })),
			// After all that went wrong.
			{ name: "sound again", model: broken.model, inputs: soundInputs(dim) },
		],
		unseen: cases.filter(({ name }) => name.startsWith(UNSEEN)),
	};
}

function committedReleases(): Case[] {
	return readdirSync(RELEASES)
		.map((name) => ({ name, folder: new URL(`${name}/`, RELEASES) }))
		.filter(({ folder }) => existsSync(new URL("manifest.json", folder)))
		.map(({ name, folder }) => {
			const { encoder } = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as { encoder: { dim: number } };
			const model = new Uint8Array(readFileSync(new URL("encoder.int8.onnx", folder)));
			return { name, model, inputs: soundInputs(encoder.dim, EVERY_LENGTH) };
		});
}

/** Components of an item vector, by a file's name: `3x16.blocks-2…` has 48. */
function dimOf(file: string): number {
	const [, towers, dim] = /(\d+)x(\d+)\.blocks/.exec(file) ?? [];
	if (towers === undefined || dim === undefined) throw new Error(`${file} does not say its width`);
	return Number(towers) * Number(dim);
}

/** Each length in turn and then again, since the second run of a shape plans its memory from the first. */
const soundInputs = (dim: number, lengths: readonly number[] = STEPS): EncoderInput[] =>
	[...lengths, ...lengths].map((steps, place) => inputOf(steps, dim, place));

/** A made-up history; another `seed` has other events, gaps and context. */
function inputOf(steps: number, dim: number, seed: number): EncoderInput {
	const fill = (length: number, most: number) => Int32Array.from({ length }, (_, place) => (place * 7 + seed) % (most + 1));
	return {
		vectors: Float32Array.from({ length: steps * dim }, (_, place) => Math.sin(place * (1 + seed / 10))),
		kinds: fill(steps, 5),
		gaps: fill(steps, 8),
		positions: Int32Array.from({ length: steps }, (_, step) => steps - 1 - step),
		context: fill(4, 3),
	};
}

function wrongInputs(dim: number): EncoderInput[] {
	const sound = inputOf(4, dim, 1);
	return [
		{ ...sound, vectors: new Float32Array(4 * (dim + 1)) },
		{ ...sound, vectors: new Float32Array(4) },
		{ ...sound, vectors: sound.vectors.map(() => Number.NaN) },
		{ ...sound, vectors: sound.vectors.map(() => Number.POSITIVE_INFINITY) },
		{ ...sound, vectors: sound.vectors.map(() => 1e38) },
		{ ...sound, kinds: sound.kinds.map(() => 1000) },
		{ ...sound, kinds: sound.kinds.map(() => -1000) },
		{ ...sound, gaps: sound.gaps.map(() => 1000) },
		{ ...sound, context: Int32Array.of(99, 99, 99, 99) },
		{ ...sound, positions: sound.positions.map(() => 100_000) },
		{ ...sound, positions: sound.positions.map(() => -1) },
		inputOf(0, dim, 1),
		inputOf(512, dim, 1),
		sound,
	];
}

/** Places at which a model is cut, and at which a byte is altered. */
const CUTS = 12;
const ALTERED = 64;

function brokenModels(model: Uint8Array): { readonly name: string; readonly model: Uint8Array }[] {
	const renamed = ["vectors", "kinds", "gaps", "positions", "context", "queries"].map((name) => ({
		name: `${name} by another name`,
		model: replaced(model, name, `${name.slice(0, -1)}!`),
	}));
	const operators = ["LayerNormalization", "MatMul", "Gather", "Softmax", "DequantizeLinear"].map((name) => ({
		name: `an unknown operator for ${name}`,
		model: replaced(model, name, `${name.slice(0, -1)}X`),
	}));
	const cut = Array.from({ length: CUTS }, (_, part) => ({
		name: `cut ${part}`,
		model: model.slice(0, Math.floor((model.length * part) / CUTS)),
	}));
	const altered = Array.from({ length: ALTERED }, (_, part) => {
		const copy = model.slice();
		// The first part of a file holds its structure.
		const at = part < ALTERED / 2 ? part * 5 : Math.floor((model.length * part) / ALTERED);
		copy[at] = (copy[at] as number) ^ (1 << (part % 8));
		return { name: `byte ${at} altered`, model: copy };
	});
	const noise = { name: "no model at all", model: Uint8Array.from({ length: 1000 }, (_, place) => (place * 89) % 256) };
	return [...renamed, ...operators, ...cut, ...altered, noise];
}

/** Every occurrence of a text replaced by one of the same length. */
function replaced(model: Uint8Array, text: string, by: string): Uint8Array {
	return new Uint8Array(Buffer.from(Buffer.from(model).toString("latin1").replaceAll(text, by), "latin1"));
}
