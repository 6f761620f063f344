import { readFileSync } from "node:fs";
import { randomFrom } from "../../cli/demo/random.ts";
import type { Manifest, Parity } from "../../src/contract/release.ts";
import { readItems } from "../../src/pipeline/read-items.ts";
import { dequantiseInto, type QuantisedQuery, quantise } from "../../src/retrieve/rows.ts";
import { createTopRows } from "../../src/retrieve/top-rows.ts";
import { drawFrom, fitMixture, MIXTURE_NAME, type Mixture, pickComponent } from "../serve/mixture.ts";

const SEED = "edgeshelf scan";
/** Queries that recall is a mean over, and that timed scans take in turn. */
const QUERIES = 40;
export const RECALL_AT = 100;
export const GENERATOR = `${MIXTURE_NAME}, models/demo/items.bin, seed "${SEED}"; queries: encoder outputs of models/demo/parity.json; 128 dimensions are two towers of 64`;

export type BenchTable = {
	readonly rows: number;
	readonly dim: number;
	/** int8, shape [rows, dim]. */
	readonly vectors: Int8Array;
	readonly scales: Float32Array;
	readonly queries: readonly QuantisedQuery[];
	/** By query, the best RECALL_AT rows of the float32 vectors before they were quantised. */
	readonly truth: readonly ReadonlySet<number>[];
};

const DEMO = new URL("../../models/demo/", import.meta.url);
const json = <T>(file: string) => JSON.parse(readFileSync(new URL(file, DEMO), "utf8")) as T;

export function fitDemo(): Mixture {
	const items = readItems(new Uint8Array(readFileSync(new URL("items.bin", DEMO))), json<Manifest>("manifest.json"));
	if (!items.ok) throw new Error(`items.bin ${items.error}`);
	const { count, dim } = items.value;
	const rows = new Float32Array(count * dim);
	for (let row = 0; row < count; row++) dequantiseInto(items.value, row, rows, row * dim);
	return fitMixture(rows, dim, randomFrom(SEED));
}

export function makeTable(mixture: Mixture, rows: number, dim: number): BenchTable {
	const random = randomFrom(`${SEED} ${rows} ${dim}`);
	const { histories } = json<Parity>("parity.json");
	const exact = histories
		.slice(0, QUERIES)
		.map(({ query }) => Float32Array.from({ length: dim }, (_, d) => query[d % query.length] as number));
	const tops = exact.map(() => createTopRows(RECALL_AT));
	const vectors = new Int8Array(rows * dim);
	const scales = new Float32Array(rows);
	for (let row = 0; row < rows; row++) {
		const vector = drawFrom(mixture, pickComponent(mixture, random), random).subarray(0, dim);
		const { values, scale } = quantise(vector);
		vectors.set(values, row * dim);
		scales[row] = scale;
		for (const [q, query] of exact.entries()) {
			let score = 0;
			for (let d = 0; d < dim; d++) score += (query[d] as number) * (vector[d] as number);
			tops[q]?.offer(row, score);
		}
	}
	return { rows, dim, vectors, scales, queries: exact.map(quantise), truth: tops.map((top) => new Set(top.sorted().rows)) };
}

/** vectors, scales, then of all queries first the values, then the scales in float64: what each measured system reads. */
export function bytesOf({ vectors, scales, queries }: BenchTable): Uint8Array<ArrayBuffer> {
	const values = queries.flatMap((query) => [...query.values]);
	const queryScales = Float64Array.from(queries, ({ scale }) => scale);
	const parts = [vectors, scales, Int8Array.from(values), queryScales];
	const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
	let at = 0;
	for (const { buffer, byteOffset, byteLength } of parts) {
		bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
		at += byteLength;
	}
	return bytes;
}
