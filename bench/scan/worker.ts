/**
 * Scans in workerd for bench/scan.ts. `POST /?bytes=&at=` takes a table as `bytesOf` writes it, piece by piece, since a body has
 * its limit; `POST /?rows=&dim=&queries=` then loads it.
 *
 * `GET /?system=&runs=&most=` gives milliseconds a scan, and `GET /?system=&query=&most=` what one scan finds.
 */
import { createPlainSpace, spaceBytes } from "../../src/pipeline/plain-space.ts";
import type { MakeRowSpace, QuantisedQuery, RowSpace } from "../../src/pipeline/ports.ts";
import { createKernelSpaces } from "../../src/runtime/kernels.ts";
import relaxed from "../../src/runtime/kernels-relaxed.generated.wasm";
import simd from "../../src/runtime/kernels-simd.generated.wasm";
import reader from "./read.generated.wasm";

const SPACES: Readonly<Record<string, MakeRowSpace>> = {
	relaxed: createKernelSpaces(relaxed),
	simd: createKernelSpaces(simd),
	javascript: createPlainSpace,
};
type Find = (query: QuantisedQuery, most: number) => { readonly rows: Int32Array; readonly scores: Float64Array };
let systems: Record<string, Find> = {};
let queries: QuantisedQuery[] = [];
let sent = new Uint8Array(0);

function load(bytes: Uint8Array<ArrayBuffer>, rows: number, dim: number, count: number): void {
	const vectorBytes = rows * dim;
	const scaleBytes = 4 * rows;
	const values = bytes.subarray(vectorBytes + scaleBytes);
	// The queries' scales need not lie at a multiple of 8.
	const scales = new Float64Array(values.slice(count * dim).buffer);
	queries = Array.from(scales, (scale, q) => ({ values: new Int8Array(values.slice(q * dim, (q + 1) * dim).buffer), scale }));
	systems = { read: createRead(bytes.subarray(0, vectorBytes)) };
	for (const [name, make] of Object.entries(SPACES)) {
		const space = make(spaceBytes(vectorBytes) + spaceBytes(scaleBytes) + spaceBytes(rows), rows, dim) as RowSpace;
		const vectors = space.take(vectorBytes);
		vectors.set(bytes.subarray(0, vectorBytes));
		const rowScales = space.take(scaleBytes);
		rowScales.set(bytes.subarray(vectorBytes, vectorBytes + scaleBytes));
		const scanner = space.scanner(
			{
				dim,
				vectors: new Int8Array(vectors.buffer, vectors.byteOffset, vectorBytes),
				scales: new Float32Array(rowScales.buffer, rowScales.byteOffset, rows),
			},
			space.take(rows),
		);
		scanner.wrote(0, rows);
		systems[name] = (query, most) => scanner.scan(rows, [query], most)[0] as ReturnType<Find>;
	}
}

function createRead(vectors: Uint8Array): Find {
	const memory = new WebAssembly.Memory({ initial: Math.ceil(vectors.byteLength / 65_536) });
	new Uint8Array(memory.buffer).set(vectors);
	const { read } = new WebAssembly.Instance(reader, { env: { memory } }).exports as { read(at: number, bytes: number): bigint };
	return () => ({ rows: new Int32Array(0), scores: Float64Array.of(Number(read(0, vectors.byteLength))) });
}

export default {
	async fetch(request: Request): Promise<Response> {
		const { searchParams } = new URL(request.url);
		const number = (name: string) => Number(searchParams.get(name));
		if (request.method === "POST") {
			if (searchParams.has("rows")) {
				load(sent, number("rows"), number("dim"), number("queries"));
				sent = new Uint8Array(0);
			} else {
				if (number("at") === 0) sent = new Uint8Array(number("bytes"));
				sent.set(new Uint8Array(await request.arrayBuffer()), number("at"));
			}
			return new Response();
		}
		const find = systems[searchParams.get("system") ?? ""] as Find;
		const most = number("most");
		if (searchParams.has("query")) {
			const { rows, scores } = find(queries[number("query")] as QuantisedQuery, most);
			return Response.json({ rows: [...rows], scores: [...scores] });
		}
		const runs = number("runs");
		const started = performance.now();
		for (let run = 0; run < runs; run++) find(queries[run % queries.length] as QuantisedQuery, most);
		return Response.json((performance.now() - started) / runs);
	},
};
