// For the types of WebAssembly, which are neither the language's nor Node's.
/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPlainSpace, planesBytes, spaceBytes } from "../../src/pipeline/plain-space.ts";
import type { CodedFilter, MakeRowSpace, PlaneScanner, RowSpace } from "../../src/pipeline/ports.ts";
import { type QuantisedQuery, quantise } from "../../src/retrieve/rows.ts";
import { createKernelSpaces } from "../../src/runtime/kernels.ts";

const BUILDS = ["simd", "relaxed"] as const;
const spacesOf = (build: string): MakeRowSpace =>
	createKernelSpaces(
		new WebAssembly.Module(readFileSync(resolve(import.meta.dirname, `../../src/runtime/kernels-${build}.generated.wasm`))),
	);
const plain: MakeRowSpace = createPlainSpace;

/** Rows as a test states them. */
type Stated = {
	readonly count: number;
	readonly dim: number;
	readonly vectors: Int8Array;
	readonly scales: Float32Array;
	readonly masked: Uint8Array;
};

function scannerOf(make: MakeRowSpace, { count, dim, vectors, scales, masked }: Stated) {
	const bytes = spaceBytes(vectors.length) + spaceBytes(4 * count) + spaceBytes(count);
	const space = make(bytes, count, dim) as RowSpace;
	const put = (from: Int8Array | Float32Array | Uint8Array) => {
		const room = space.take(from.byteLength);
		room.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
		return room;
	};
	const [v, s, m] = [put(vectors), put(scales), put(masked)];
	const rows = { dim, vectors: new Int8Array(v.buffer, v.byteOffset, v.length), scales: new Float32Array(s.buffer, s.byteOffset, count) };
	const scanner = space.scanner(rows, m);
	scanner.wrote(0, count);
	return { scanner, rows, masked: m };
}

function planesOf(make: MakeRowSpace, { count, dim, vectors, scales, masked }: Stated): PlaneScanner {
	const space = make(spaceBytes(4 * count) + spaceBytes(count) + planesBytes(count, dim), 0, dim) as RowSpace;
	const s = space.take(4 * count);
	const own = new Float32Array(s.buffer, s.byteOffset, count);
	own.set(scales);
	const m = space.take(count);
	m.set(masked);
	const scanner = space.planes(count, own, m) as PlaneScanner;
	if (!scanner.pack(vectors, 0)) throw new Error("A component does not fit");
	return scanner;
}

/** What a scan finds, in plain arrays; 0 and -0 are one score. */
function find(make: MakeRowSpace, stated: Stated, queries: readonly QuantisedQuery[], most: number) {
	const { scanner } = scannerOf(make, stated);
	return scanner
		.scan(stated.count, queries, most)
		.map(({ rows, scores }) => ({ rows: [...rows], scores: Array.from(scores, (score) => score + 0) }));
}

/** A generator of its own, so that a table of thousands of rows is one seed to shrink. */
function generator(seed: number) {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** int8 rows: uniform, only the extremes, one number throughout (where estimates err most), of so few values that scores tie, or zero. */
const KINDS = ["any", "extreme", "whole", "few", "zero"] as const;
function fillRows(
	{ dim, vectors, scales, masked }: Stated,
	kind: (typeof KINDS)[number],
	scaleOf: (u: number) => number,
	hidden: number,
	seed: number,
) {
	const random = generator(seed);
	let whole = 0;
	const component = {
		any: () => Math.floor(random() * 255) - 127,
		whole: (k: number) => {
			if (k % dim === 0) whole = Math.floor(random() * 255) - 127;
			return whole;
		},
		extreme: () => (random() < 0.5 ? -127 : 127),
		few: () => Math.floor(random() * 3) - 1,
		zero: () => 0,
	}[kind];
	for (let k = 0; k < vectors.length; k++) vectors[k] = component(k);
	for (let row = 0; row < scales.length; row++) scales[row] = scaleOf(random());
	for (let row = 0; row < masked.length; row++) masked[row] = random() < hidden ? 1 : 0;
}

const SCALES: Record<string, (u: number) => number> = {
	alike: () => 0.01,
	spread: (u) => 10 ** (u * 4 - 2),
	signed: (u) => u - 0.5,
	tiny: (u) => u * 1e-44,
	huge: (u) => (u - 0.5) * 6e38,
};

const tables = fc.record({
	count: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 71, max: 1200 })),
	dim: fc.constantFrom(16, 32, 48, 64, 80, 96, 128, 144, 192, 256),
	kind: fc.constantFrom(...KINDS),
	scales: fc.constantFrom(...Object.keys(SCALES)),
	hidden: fc.constantFrom(0, 0.1, 0.5, 0.95, 1),
	seed: fc.nat(),
	queries: fc.array(fc.constantFrom("any", "extreme", "zero", "positive", "negative"), { minLength: 1, maxLength: 6 }),
	most: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(64, 200, 1024, 2048)),
});

function makeQuery(kind: string, dim: number, random: () => number): QuantisedQuery {
	const component = {
		any: () => random() - 0.5,
		extreme: () => (random() < 0.5 ? -1 : 1),
		zero: () => 0,
		positive: () => 1,
		negative: () => -1,
	}[kind] as () => number;
	return quantise(Float32Array.from({ length: dim }, component));
}

const statedOf = (count: number, dim: number): Stated => ({
	count,
	dim,
	vectors: new Int8Array(count * dim),
	scales: new Float32Array(count),
	masked: new Uint8Array(count),
});

describe.each(BUILDS)("the %s kernels", (build) => {
	const kernels = spacesOf(build);

	test("find the rows, scores and order of the plain scan, for several queries in one pass", () => {
		fc.assert(
			fc.property(tables, ({ count, dim, kind, scales, hidden, seed, queries, most }) => {
				const stated = statedOf(count, dim);
				fillRows(stated, kind, SCALES[scales] as (u: number) => number, hidden, seed);
				const random = generator(seed + 1);
				const asked = queries.map((query) => makeQuery(query, dim, random));
				expect(find(kernels, stated, asked, most)).toEqual(find(plain, stated, asked, most));
			}),
			{ numRuns: 300 },
		);
	});

	test("score chosen rows as the plain loop does, masked ones and more than there is room for at once", () => {
		fc.assert(
			fc.property(tables, fc.array(fc.nat(), { maxLength: 40 }), ({ count, dim, kind, scales, hidden, seed, queries }, picks) => {
				const stated = statedOf(count, dim);
				fillRows(stated, kind, SCALES[scales] as (u: number) => number, hidden, seed);
				const random = generator(seed + 1);
				const [query] = queries.map((query) => makeQuery(query, dim, random)) as [QuantisedQuery];
				const wide = seed % 10 === 0 ? 200 : 1;
				const rows = Int32Array.from(count === 0 ? [] : Array.from({ length: wide }, () => picks.map((pick) => pick % count)).flat());
				expect(scannerOf(kernels, stated).scanner.score(query, rows)).toEqual(scannerOf(plain, stated).scanner.score(query, rows));
			}),
			{ numRuns: 100 },
		);
	});

	test.each([
		["in no order", (row: number) => row, 200],
		["with all good rows in one place, where a sample misses or overrates them", (row: number) => (row < 300 ? 0.999 : row / 1e6), 200],
		["of equal rows", () => 0.25, 64],
		["that get better", (row: number) => row / 20_000, 1000],
		["that get worse", (row: number) => 1 - row / 20_000, 7],
	])("find them in a large table %s", (_, levelOf, most) => {
		for (const [dim, hidden] of [
			[64, 0],
			[128, 0.3],
			[80, 0.99],
		] as const) {
			const stated = statedOf(20_011, dim);
			const random = generator(dim);
			fillRows(stated, "any", () => 0.02, hidden, dim);
			const query = makeQuery("any", dim, random);
			// Each row is the query as often as its level says, else noise.
			for (let row = 0; row < stated.count; row++) {
				const level = levelOf(row);
				const alike = level > 1 ? random() : level;
				for (let d = 0; d < dim; d++) if (random() < alike) stated.vectors[row * dim + d] = query.values[d] as number;
			}
			if (levelOf(0) === 0.25) for (let row = 0; row < stated.count; row++) stated.vectors.set(query.values, row * dim);
			expect(find(kernels, stated, [query], most)).toEqual(find(plain, stated, [query], most));
		}
	});

	test.each([-127, -126, -125, -124, 124, 125, 126, 127])(
		"miss no row where the query is %d throughout and estimates err most",
		(value) => {
			for (const sign of [-1, 1]) {
				// Better than all before it by a hundred-thousandth, when the bar has long been raised.
				const stated = statedOf(101, 64);
				stated.vectors.fill(127 * sign);
				stated.scales.fill(sign * Math.sign(value) * (1 - 1e-5));
				stated.scales[100] = sign * Math.sign(value);
				expect(find(kernels, stated, [{ values: new Int8Array(64).fill(value), scale: 1 }], 1)[0]?.rows).toEqual([100]);
			}
		},
	);

	test("read rows that were written later, and only as many as are asked for", () => {
		const dim = 32;
		const stated = statedOf(40, dim);
		const { scanner, rows } = scannerOf(kernels, stated);
		const query = quantise(new Float32Array(dim).fill(1));
		rows.vectors.fill(1, 7 * dim, 8 * dim);
		rows.scales[7] = 0.5;
		scanner.wrote(7, 8);
		const [found] = scanner.scan(9, [query], 1);
		expect([...(found?.rows ?? [])]).toEqual([7]);
		expect([...(found?.scores ?? [])]).toEqual([dim * 127 * (0.5 * query.scale)]);
		expect([...(scanner.scan(7, [query], 40)[0]?.rows ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});

	test("find and score rows of 6 bits in planes as the plain ones do, read them as they were, and refuse more bits", () => {
		fc.assert(
			fc.property(
				tables.map((table) => ({ ...table, dim: Math.ceil(table.dim / 64) * 64 })),
				({ count, dim, kind, scales, hidden, seed, queries, most }) => {
					const stated = statedOf(count, dim);
					fillRows(stated, kind, SCALES[scales] as (u: number) => number, hidden, seed);
					for (let k = 0; k < stated.vectors.length; k++) stated.vectors[k] = (stated.vectors[k] as number) >> 2;
					const random = generator(seed + 1);
					const asked = queries.map((query) => makeQuery(query, dim, random));
					const chosen = Int32Array.from({ length: Math.min(count, 50) }, () => Math.floor(random() * count));
					const [ours, reference] = [kernels, plain].map((make) => {
						const scanner = planesOf(make, stated);
						const vector = new Float32Array(dim);
						if (count > 0) scanner.read(count - 1, vector, 0);
						return {
							found: scanner
								.scan(count, asked, most)
								.map(({ rows, scores }) => ({ rows: [...rows], scores: Array.from(scores, (score) => score + 0) })),
							chosen: scanner.score(asked[0] as QuantisedQuery, chosen),
							vector,
						};
					});
					expect(ours).toEqual(reference);
					for (let d = 0; d < dim && count > 0; d++)
						expect(ours?.vector[d]).toBe(Math.fround((stated.vectors.at(d - dim) as number) * (stated.scales.at(-1) as number)));
				},
			),
			{ numRuns: 150 },
		);
		const beyond = statedOf(3, 64);
		beyond.vectors[130] = 32;
		for (const make of [kernels, plain]) expect(() => planesOf(make, beyond)).toThrow("does not fit");
	});

	test("mask by a filter as the plain columns do", () => {
		const codes = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(256, 65_536, 65_537)), { maxLength: 5 });
		const filters = fc.record({
			categories: fc.option(codes.map((list) => new Set(list))),
			priceFrom: fc.option(fc.constantFrom(0, 3, 2 ** 31 - 1, 2 ** 40)),
			priceTo: fc.option(fc.constantFrom(0, 6, 2 ** 31 - 1, 2 ** 40)),
			soldOutToo: fc.boolean(),
			attributes: fc.array(fc.record({ column: fc.constantFrom(0, 1, 2, 3), values: codes.map((list) => new Set(list)) }), {
				maxLength: 2,
			}),
			impossible: fc.boolean().map((is) => is && true),
		}) satisfies fc.Arbitrary<CodedFilter>;
		fc.assert(
			fc.property(filters, fc.integer({ min: 0, max: 70 }), fc.nat(), (filter, count, seed) => {
				const masks = [kernels, plain].map((make) => {
					const random = generator(seed);
					const space = make(10 * spaceBytes(4 * count) + 64, count, 16) as RowSpace;
					const column = (values: () => number) => {
						const { buffer, byteOffset } = space.take(4 * count);
						return new Int32Array(buffer, byteOffset, count).map(values).reduce(
							(into, value, row) => {
								into[row] = value;
								return into;
							},
							new Int32Array(buffer, byteOffset, count),
						);
					};
					const flags = () => {
						const taken = space.take(count);
						for (let row = 0; row < count; row++) taken[row] = random() < 0.3 ? 1 : 0;
						return taken;
					};
					const narrow = <A extends Int8Array | Int16Array>(type: new (buffer: ArrayBuffer, at: number, length: number) => A): A => {
						const { buffer, byteOffset } = space.take(4 * count);
						const codes = new type(buffer, byteOffset, count);
						for (let row = 0; row < count; row++) codes[row] = code();
						return codes;
					};
					const code = () => Math.floor(random() * 8) - 1;
					const columns = {
						count,
						price: column(() => (random() < 0.1 ? 2 ** 31 - 1 : code())),
						category: column(code),
						attributes: [column(code), column(code), narrow(Int16Array), narrow(Int8Array)],
						inStock: flags(),
						hidden: flags(),
					};
					const masked = space.take(count).fill(1);
					const scanner = space.scanner(
						{ dim: 16, vectors: new Int8Array(masked.buffer, 0, 0), scales: new Float32Array(masked.buffer, 0, 0) },
						masked,
					);
					expect(scanner.mask(columns, filter)).toBe(true);
					return [...masked];
				});
				expect(masks[0]).toEqual(masks[1]);
			}),
			{ numRuns: 400 },
		);
	});

	test("leave a filter over a column elsewhere, and dimensions that are not theirs, to others", () => {
		const { scanner, masked } = scannerOf(kernels, statedOf(20, 16));
		const here = new Int32Array(masked.buffer, 0, 20);
		const columns = { count: 20, price: here, category: here, inStock: masked, hidden: masked, attributes: [new Int32Array(20)] };
		const filter = { categories: null, priceFrom: null, priceTo: null, soldOutToo: true, impossible: false };
		expect(scanner.mask(columns, { ...filter, attributes: [{ column: 0, values: new Set([0]) }] })).toBe(false);
		expect(scanner.mask(columns, { ...filter, attributes: [] })).toBe(true);
		expect([4, 20, 1040].map((dim) => kernels(64, 1, dim))).toEqual([null, null, null]);
		expect(() => scanner.scan(20, [makeQuery("any", 16, generator(1))], 2049)).toThrow(RangeError);
	});
});
