import type { CodedFilter, Columns, FoundRows, MakeRowSpace, QuantisedQuery, RowScanner, RowSpace } from "../pipeline/ports.ts";

/** What `kernels/index.ts` exports; addresses are bytes in the memory. */
type Kernels = {
	readonly FREE: WebAssembly.Global;
	readonly HELD_ROWS: WebAssembly.Global;
	readonly MOST_DIM: WebAssembly.Global;
	readonly MOST_QUERIES: WebAssembly.Global;
	readonly MOST_ROWS: WebAssembly.Global;
	readonly WANTED: WebAssembly.Global;
	readonly WANTED_CODES: WebAssembly.Global;
	writeMargins(vectors: number, scales: number, margins: number, from: number, to: number, dim: number): void;
	valuesOf(place: number): number;
	ask(place: number, scale: number, most: number): void;
	scan(rows: number, queries: number): void;
	scanByPlanes(rows: number, queries: number): void;
	score(rows: number, size: number): void;
	scoreByPlanes(rows: number, size: number): void;
	pack(rows: number, from: number, row: number, count: number): boolean;
	unpack(rows: number, row: number, to: number): void;
	sizeOf(place: number): number;
	rowsOf(place: number): number;
	scoresOf(place: number): number;
	maskStock(hidden: number, inStock: number, masked: number, count: number, soldOutToo: boolean): void;
	maskRange(column: number, masked: number, count: number, from: number, to: number): void;
	maskCodes(column: number, masked: number, count: number, wanted: number): void;
	maskCodes16(column: number, masked: number, count: number, wanted: number): void;
	maskCodes8(column: number, masked: number, count: number, wanted: number): void;
};

const PAGE_BYTES = 65_536;
/** Vectors begin at a cache line. */
const ALIGN = 64;
/** Pieces of a space. */
const TAKE_ALIGN = 16;
/** The kernels take 16 dimensions at a time. */
const DIM_STEP = 16;
/** They read groups of rows and of values whole: past the last row by at most this many rows, and by this many bytes. */
const ROWS_BEYOND = 3;
const BYTES_BEYOND = 64;
/** `Planes` of kernels/planes.ts: seven 32-bit words, of which `Rows` of kernels/rows.ts are the first six. */
const ROWS_WORDS = 7;
/** Place of the count among them. */
const COUNT = 4;
/** Components that the planes hold together. */
const PLANE_STEP = 64;
/** Bytes of int8 rows that are packed at once, at least one row of the largest dimension. */
const STAGE_BYTES = 65_536;
/** Most pages that a memory may grow to when it is used again: what an isolate has. */
const MOST_PAGES = 2048;
const INT32_MAX = 2 ** 31 - 1;
const NOTHING: FoundRows = { rows: new Int32Array(0), scores: new Float64Array(0) };

/** One function: i16x8.relaxed_dot_i8x16_i7x16_s of two zeros. */
const RELAXED_DOT = Uint8Array.of(
	...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
	...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
	...[0x03, 0x02, 0x01, 0x00], // one function of it
	...[0x0a, 0x0f, 0x01, 0x0d, 0x00], // its body, without locals
	...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // i8x16.splat(0), twice
	...[0xfd, 0x92, 0x02, 0x0b], // the dot product, end
);

/** Whether the engine has relaxed SIMD. It tells without compiling, which workerd would refuse. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(RELAXED_DOT);

/**
 * Spaces in the memory of WASM kernels, an instance and a memory each, so that a table's memory goes back as one.
 * @param kernels a build of `kernels/index.ts`
 */
export function createKernelSpaces(kernels: WebAssembly.Module): MakeRowSpace {
	/** An instance without rows, for what it says of the kernels. */
	let limits: Kernels | null = null;
	const memories = new WeakMap<RowSpace, WebAssembly.Memory>();
	return function makeRowSpace(bytes, rows, dim, worn = null) {
		limits ??= instantiate(kernels, new WebAssembly.Memory({ initial: 1 }));
		if (dim === 0 || dim % DIM_STEP !== 0 || dim > limits.MOST_DIM.value) return null;
		const marginBytes = rows * Float32Array.BYTES_PER_ELEMENT + BYTES_BEYOND;
		const start = aligned(limits.FREE.value);
		const ownBytes = aligned(marginBytes) + ROWS_WORDS * Int32Array.BYTES_PER_ELEMENT + ROWS_BEYOND * dim + BYTES_BEYOND + STAGE_BYTES;
		const pages = Math.ceil((start + bytes + ALIGN + ownBytes) / PAGE_BYTES);
		const memory = allocate(pages, worn === null ? undefined : memories.get(worn));
		if (memory === null) return null;
		const { buffer } = memory;
		let next = start;
		function take(length: number): Uint8Array<ArrayBuffer> {
			const taken = new Uint8Array(buffer, next, length);
			next = Math.ceil((next + length) / TAKE_ALIGN) * TAKE_ALIGN;
			return taken;
		}
		function stateOf(addresses: readonly number[]): number {
			const state = take(ROWS_WORDS * Int32Array.BYTES_PER_ELEMENT).byteOffset;
			const [vectors = 0, scales = 0, margins = 0, masked = 0, lower = 0] = addresses;
			new Int32Array(buffer, state, ROWS_WORDS).set([vectors, scales, margins, masked, 0, dim, lower]);
			return state;
		}
		const space: RowSpace = {
			take,
			scanner(held, masked) {
				const margins = take(marginBytes);
				const state = stateOf([held.vectors, held.scales, margins, masked].map(({ byteOffset }) => byteOffset));
				const own = instantiate(kernels, memory);
				return {
					...createScanner(own, buffer, state, own.scan, own.score),
					wrote: (from, to) => own.writeMargins(held.vectors.byteOffset, held.scales.byteOffset, margins.byteOffset, from, to, dim),
					read(row, out, at) {
						const scale = held.scales[row] as number;
						for (let d = 0; d < dim; d++) out[at + d] = (held.vectors[row * dim + d] as number) * scale;
					},
				};
			},
			planes(count, scales, masked) {
				if (dim % PLANE_STEP !== 0) return null;
				const [upper, lower, stage] = [take(count * (dim / 2)), take(count * (dim / 4)), take(STAGE_BYTES)];
				const staged = new Int8Array(buffer, stage.byteOffset, STAGE_BYTES);
				const state = stateOf([upper.byteOffset, scales.byteOffset, 0, masked.byteOffset, lower.byteOffset]);
				const own = instantiate(kernels, memory);
				const step = Math.floor(STAGE_BYTES / dim);
				return {
					...createScanner(own, buffer, state, own.scanByPlanes, own.scoreByPlanes),
					wrote() {},
					read(row, out, at) {
						own.unpack(state, row, stage.byteOffset);
						const scale = scales[row] as number;
						for (let d = 0; d < dim; d++) out[at + d] = (staged[d] as number) * scale;
					},
					pack(from, first) {
						for (let row = 0; row < from.length / dim; row += step) {
							const some = from.subarray(row * dim, (row + step) * dim);
							staged.set(some);
							if (!own.pack(state, stage.byteOffset, first + row, some.length / dim)) return false;
						}
						return true;
					},
				};
			},
		};
		memories.set(space, memory);
		return space;
	};
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGN) * ALIGN;

const instantiate = (kernels: WebAssembly.Module, memory: WebAssembly.Memory): Kernels =>
	new WebAssembly.Instance(kernels, { env: { memory } }).exports as unknown as Kernels;

/**
 * @param worn is used again, grown where it is too small
 * @returns zeroed memory; null when there is none left, or no room for another one in the address space
 */
function allocate(pages: number, worn: WebAssembly.Memory | undefined): WebAssembly.Memory | null {
	try {
		if (worn === undefined) return new WebAssembly.Memory({ initial: pages, maximum: Math.max(pages, MOST_PAGES) });
		const missing = pages - worn.buffer.byteLength / PAGE_BYTES;
		if (missing > 0) worn.grow(missing);
		new Uint8Array(worn.buffer).fill(0);
		return worn;
	} catch {
		return null;
	}
}

/** @param state address of `Rows` or `Planes`, which the two functions read */
function createScanner(
	kernels: Kernels,
	buffer: ArrayBuffer,
	state: number,
	scanRows: Kernels["scan"],
	scoreRows: Kernels["score"],
): Omit<RowScanner, "wrote" | "read"> {
	const rows = new Int32Array(buffer, state, ROWS_WORDS);
	const [, , , masked = 0, , dim = 0] = rows;
	const together = kernels.MOST_QUERIES.value;

	function writeQuery(place: number, { values, scale }: QuantisedQuery, most: number): void {
		kernels.ask(place, scale, most);
		new Int8Array(buffer, kernels.valuesOf(place), dim).set(values);
	}

	/** One pass over the rows; no more queries than it can take. */
	function pass(queries: readonly QuantisedQuery[], most: number): FoundRows[] {
		for (const [place, query] of queries.entries()) writeQuery(place, query, most);
		scanRows(state, queries.length);
		return queries.map((_, place) => {
			const size = kernels.sizeOf(place);
			return {
				rows: new Int32Array(buffer, kernels.rowsOf(place), size),
				scores: new Float64Array(buffer, kernels.scoresOf(place), size),
			};
		});
	}

	return {
		scan(count, queries, most) {
			if (most > kernels.MOST_ROWS.value) throw new RangeError(`A scan finds at most ${kernels.MOST_ROWS.value} rows`);
			if (most < 1) return queries.map(() => NOTHING);
			rows[COUNT] = count;
			if (queries.length <= together) return pass(queries, most);
			const found: FoundRows[] = [];
			for (let from = 0; from < queries.length; from += together) {
				// The next pass writes where this one's rows lie.
				for (const { rows, scores } of pass(queries.slice(from, from + together), most)) {
					found.push({ rows: rows.slice(), scores: scores.slice() });
				}
			}
			return found;
		},
		score(query, rows) {
			const scores = new Float64Array(rows.length);
			if (rows.length === 0) return scores;
			const room = kernels.HELD_ROWS.value;
			writeQuery(0, query, 1);
			for (let from = 0; from < rows.length; from += room) {
				const some = rows.subarray(from, from + room);
				new Int32Array(buffer, kernels.rowsOf(0), room).set(some);
				scoreRows(state, some.length);
				scores.set(new Float64Array(buffer, kernels.scoresOf(0), some.length), from);
			}
			return scores;
		},
		mask: (columns, filter) => mask(kernels, buffer, masked, columns, filter),
	};
}

/** @returns false where a column is not in the kernels' memory */
function mask(kernels: Kernels, buffer: ArrayBuffer, masked: number, columns: Columns, filter: CodedFilter): boolean {
	const { count, hidden, inStock, price, category } = columns;
	const { categories, priceFrom, priceTo, attributes } = filter;
	const asked = attributes.map(({ column, values }) => ({ codes: columns.attributes[column], values }));
	const isHere = (column: Columns["category"] | Columns["hidden"] | undefined) => column?.buffer === buffer && column.length >= count;
	if (![hidden, inStock, price, category, ...asked.map(({ codes }) => codes)].every(isHere)) return false;
	const wanted = [...asked.map(({ values }) => values), ...(categories === null ? [] : [categories])];
	if (wanted.some(({ size }) => size > kernels.WANTED_CODES.value)) return false;
	if (filter.impossible) {
		new Uint8Array(buffer, masked, count).fill(1);
		return true;
	}
	const maskCodes = (column: Columns["category"], codes: ReadonlySet<number>): void => {
		// A code that the column has no room for stands in none of its rows.
		const possible = [...codes].filter((code) => code < 2 ** (8 * column.BYTES_PER_ELEMENT - 1));
		new Int32Array(buffer, kernels.WANTED.value, possible.length).set(possible);
		const by = { 1: kernels.maskCodes8, 2: kernels.maskCodes16, 4: kernels.maskCodes }[column.BYTES_PER_ELEMENT] as Kernels["maskCodes"];
		by(column.byteOffset, masked, count, possible.length);
	};
	kernels.maskStock(hidden.byteOffset, inStock.byteOffset, masked, count, filter.soldOutToo);
	if (categories !== null) maskCodes(category, categories);
	if (priceFrom !== null || priceTo !== null) {
		// Prices are int32: what lies beyond is beyond them all. One that is not known, -1, is in no range.
		if ((priceFrom ?? 0) > INT32_MAX) new Uint8Array(buffer, masked, count).fill(1);
		else kernels.maskRange(price.byteOffset, masked, count, priceFrom ?? 0, Math.min(priceTo ?? INT32_MAX, INT32_MAX));
	}
	for (const { codes, values } of asked) if (codes !== undefined) maskCodes(codes, values);
	return true;
}
