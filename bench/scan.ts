/**
 * Exact scans beside one another, one thread each, rounds interleaved: the kernels in workerd, only reading the same memory in
 * WASM, the plain JavaScript loop, a C loop, FAISS and usearch. Each scan takes another query. Python packages come into an
 * environment of the bench's own, `.cache/scan`; a peer that is missing is said to be.
 *
 *     npx node bench/scan.ts [--rows 20000,100000,1000000] [--dims 64,128] [--rounds 9] [--name scan]
 *
 * Writes bench/results/NAME.json, and from that of scan the README's table.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createTestHarness } from "wrangler";
import { buildKernels } from "../cli/build-kernels.ts";
import { machineOf } from "../cli/machine.ts";
import { quantileOf } from "../cli/metrics.ts";
import { formatTable } from "../cli/table.ts";
import { startLines } from "./scan/lines.ts";
import { buildNative, buildReader, cacheFile, peersScript, preparePeers } from "./scan/peers.ts";
import { type ScanResult, TITLES, withScan } from "./scan/readme.ts";
import { type BenchTable, bytesOf, fitDemo, GENERATOR, makeTable, RECALL_AT } from "./scan/table.ts";

/** Rows that each scan finds. */
const MOST = 200;
/** Time of one measurement, at least, milliseconds: the clock of workerd moves in whole ones. */
const MEASURED_MS = 60;
/** What is sent to workerd at once. */
const PIECE_BYTES = 32 * 1024 * 1024;
const NATIVE = ["c", "faiss", "usearch"];
const { values } = parseArgs({
	options: {
		rows: { type: "string", default: "20000,100000,1000000" },
		dims: { type: "string", default: "64,128" },
		rounds: { type: "string", default: "9" },
		name: { type: "string", default: "scan" },
	},
});
const numbers = (list: string) => list.split(",").map(Number);
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
buildKernels();
buildReader();
const python = preparePeers();
const mixture = fitDemo();
const server = createTestHarness({
	root: resolve(import.meta.dirname, ".."),
	workers: [{ configPath: resolve(import.meta.dirname, "scan/wrangler.toml") }],
});

/** Milliseconds a scan over so many runs. */
type Time = (runs: number) => Promise<number>;
type Found = { readonly rows: readonly number[]; readonly scores: readonly number[] };

type Query = Readonly<Record<string, string | number>>;
const pathOf = (query: Query) => `/?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`;

async function get<T>(query: Query): Promise<T> {
	const response = await server.fetch(pathOf(query));
	if (!response.ok) throw new Error(await response.text());
	return (await response.json()) as T;
}

async function post(query: Query, body: Uint8Array<ArrayBuffer> | null): Promise<void> {
	const send = () => server.fetch(pathOf(query), { method: "POST", body });
	// While a table is made the connection may have been closed for idleness, which only the first try finds out.
	const response = await send().catch(send);
	if (!response.ok) throw new Error(await response.text());
}

/** Runs that fill a measurement even when nothing else holds the machine up: by doubling, the shortest of three times. */
async function runsFor(time: Time): Promise<number> {
	for (let runs = 1; ; runs *= 2) {
		const times = [await time(runs), await time(runs), await time(runs)];
		if (runs * Math.min(...times) >= MEASURED_MS) return runs;
	}
}

const median = (times: readonly number[]) => quantileOf([...times], 0.5) ?? Number.NaN;

/** Mean recall against float32 of the first RECALL_AT rows found, and of all; both builds must find what the plain loop finds, to the last score. */
async function checkAndRecall({ queries, truth }: BenchTable): Promise<{ readonly atHundred: number; readonly amongFound: number }> {
	let atHundred = 0;
	let amongFound = 0;
	for (const query of queries.keys()) {
		const [plain, ...kernels] = (await Promise.all(
			["javascript", "relaxed", "simd"].map((system) => get<Found>({ system, query, most: MOST })),
		)) as [Found, Found, Found];
		for (const kernel of kernels) {
			if (JSON.stringify(kernel) !== JSON.stringify(plain)) throw new Error(`A kernel differs from the plain loop for query ${query}`);
		}
		const share = (rows: readonly number[]) => rows.filter((row) => truth[query]?.has(row)).length / RECALL_AT / queries.length;
		atHundred += share(plain.rows.slice(0, RECALL_AT));
		amongFound += share(plain.rows);
	}
	return { atHundred, amongFound };
}

async function measure(rows: number, dim: number): Promise<ScanResult["tables"][number]> {
	const table = makeTable(mixture, rows, dim);
	const bytes = bytesOf(table);
	const file = cacheFile("table.bin");
	writeFileSync(file, bytes);
	const count = table.queries.length;
	for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
		await post({ bytes: bytes.length, at }, bytes.subarray(at, at + PIECE_BYTES));
	}
	await post({ rows, dim, queries: count }, null);
	const recall = await checkAndRecall(table);

	const programs = new Map<string, ReturnType<typeof startLines>>();
	const native = buildNative(dim);
	if (native !== null) programs.set("c", startLines(native, [file, ...[rows, count, MOST].map(String)]));
	for (const name of python === null ? [] : ["faiss", "usearch"]) {
		programs.set(name, startLines(python as string, [peersScript, name, file, ...[rows, dim, count, MOST].map(String)]));
	}
	const systems = new Map<string, Time>([
		...["relaxed", "simd", "read", "javascript"].map(
			(system) => [system, (runs: number) => get<number>({ system, runs, most: MOST })] as const,
		),
		...Array.from(programs, ([name, lines]) => [name, async (runs: number) => Number(await lines.ask(String(runs)))] as const),
	]);
	const runs = new Map<string, number>();
	for (const [name, time] of systems) {
		runs.set(name, await runsFor(time));
	}
	const times = new Map<string, number[]>(Array.from(systems.keys(), (name) => [name, []]));
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const [name, time] of systems) times.get(name)?.push(await time(runs.get(name) as number));
	}
	for (const lines of programs.values()) lines.close();
	rmSync(file);

	const ms = new Map(Array.from(times, ([name, all]) => [name, median(all)]));
	const fastest = Math.min(...NATIVE.map((name) => ms.get(name) ?? Number.POSITIVE_INFINITY));
	/** Ratios are medians of those within each round, in which all had the same machine. */
	const ratio = (name: string, toOthers: (round: number) => number) =>
		median((times.get(name) ?? []).map((own, round) => toOthers(round) / own));
	const at = (name: string, round: number) => times.get(name)?.[round] ?? Number.POSITIVE_INFINITY;
	return {
		rows,
		dim,
		"recall@100": recall.atHundred,
		top100AmongFound: recall.amongFound,
		missing: NATIVE.filter((name) => !systems.has(name)).map((name) => TITLES[name] as string),
		systems: Array.from(ms, ([name, milliseconds]) => ({
			name,
			ms: milliseconds,
			bestMs: Math.min(...(times.get(name) ?? [])),
			"gb/s": (rows * dim) / milliseconds / 1e6,
			...(Number.isFinite(fastest) && { ofFastestNative: ratio(name, (round) => Math.min(...NATIVE.map((other) => at(other, round)))) }),
			ofReading: ratio(name, (round) => at("read", round)),
		})),
	};
}

await server.listen();
try {
	const tables: ScanResult["tables"][number][] = [];
	for (const rows of numbers(values.rows)) {
		for (const dim of numbers(values.dims)) {
			const measured = await measure(rows, dim);
			tables.push(measured);
			console.log(
				`\n${rows} rows of ${dim}; recall@100 of exact float32 ${measured["recall@100"].toFixed(4)}, its top 100 among all found ${measured.top100AmongFound.toFixed(4)}`,
			);
			for (const title of measured.missing) console.log(`${title} is missing: it could not be installed or compiled here.`);
			console.log(
				formatTable(
					["", "ms", "best", "GB/s", "of the fastest native", "of reading"],
					measured.systems.map(({ name, ms, bestMs, ofFastestNative, ofReading, ...rest }) => [
						TITLES[name] as string,
						ms.toFixed(3),
						bestMs.toFixed(3),
						rest["gb/s"].toFixed(1),
						ofFastestNative?.toFixed(2) ?? "",
						ofReading.toFixed(2),
					]),
				),
			);
		}
	}
	const result: ScanResult = {
		protocol: {
			generator: GENERATOR,
			most: MOST,
			threads: 1,
			rounds: Number(values.rounds),
			time: "median of the rounds; ratios are medians of those within a round",
			recall: "mean over the queries, int8 rows and query against float32 of both before they were quantised",
			peers: "FAISS and usearch score by the int8 values alone, without a scale for each row",
		},
		tables,
		machine: machineOf(),
		command: `npx node bench/scan.ts ${process.argv.slice(2).join(" ")}`.trim(),
		date: new Date().toISOString().slice(0, 10),
	};
	writeFileSync(new URL(`results/${values.name}.json`, import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	const readme = new URL("../README.md", import.meta.url);
	writeFileSync(readme, withScan(readFileSync(readme, "utf8")));
} finally {
	await server.close();
}
process.exit(0);
