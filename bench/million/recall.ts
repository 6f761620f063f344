// For the types of WebAssembly, which are neither the language's nor Node's.
/// <reference lib="dom" />
import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { type ReleaseFolder, sha256Of } from "../../cli/release-folder.ts";
import type { StoredRelease } from "../../src/contract/release.ts";
import { loadPlanes } from "../../src/pipeline/load-planes.ts";
import { quantise } from "../../src/retrieve/rows.ts";
import { createTopRows } from "../../src/retrieve/top-rows.ts";
import { createKernelSpaces, hasRelaxedSimd } from "../../src/runtime/kernels.ts";

const RECALL_AT = 100;
/** Rows that a scan is asked for, as the encoder's candidates are. */
const MOST = 200;
const QUERIES = 40;

/** A release's folder as a store. */
const storeOf = ({ path }: ReleaseFolder): StoredRelease => ({
	files: async (names) => Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(path, name)))])),
	open: async (name) => ({ body: createReadStream(join(path, name)), sha256: async () => sha256Of(readFileSync(join(path, name))) }),
	async parts(name, ranges) {
		const file = openSync(join(path, name), "r");
		try {
			return ranges.map(([from, to]) => {
				const bytes = new Uint8Array(to - from);
				return bytes.subarray(0, readSync(file, bytes, 0, to - from, from));
			});
		} finally {
			closeSync(file);
		}
	},
});

/**
 * Share of the best hundred rows by float32 vectors and queries that the kernels' scan has among its own best hundred; queries
 * are the encoder outputs of parity.json.
 * @param exact float32, shape [rows, dim], in the order of `ids`
 */
export async function recallOf(release: ReleaseFolder, exact: Float32Array, ids: readonly string[]) {
	const build = hasRelaxedSimd() ? "relaxed" : "simd";
	const wasm = readFileSync(new URL(`../../src/runtime/kernels-${build}.generated.wasm`, import.meta.url));
	const loaded = await loadPlanes(release.manifest, storeOf(release), null, createKernelSpaces(new WebAssembly.Module(wasm)), null);
	if (!loaded.ok) throw new Error(`${loaded.error.file} ${loaded.error.message}`);
	const { table, items, parity } = loaded.value;
	table.masked.fill(0);
	const queries = parity.histories.slice(0, QUERIES).map(({ query }) => Float32Array.from(query));
	const tops = queries.map(() => createTopRows(RECALL_AT));
	for (let row = 0; row < ids.length; row++) {
		for (const [q, query] of queries.entries()) {
			let score = 0;
			for (let d = 0; d < query.length; d++) score += (query[d] as number) * (exact[row * query.length + d] as number);
			tops[q]?.offer(row, score);
		}
	}
	const shares = queries.map((query, q) => {
		const best = new Set(Array.from(tops[q]?.sorted().rows ?? [], (row) => ids[row]));
		const [found] = table.scanner.scan(items.count, [quantise(query)], MOST);
		const hits = Array.from(found?.rows.subarray(0, RECALL_AT) ?? []).filter((row) => best.has(items.ids.idOf(row)));
		return hits.length / best.size;
	});
	return { recallAt100: shares.reduce((sum, share) => sum + share, 0) / shares.length, queries: queries.length };
}
