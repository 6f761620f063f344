/**
 * The serving path under load: workerd without the dev proxy on one core, the load generator on another, an empty JSON
 * route and the encoder alone beside the Worker in the same process and run. Rounds of all rows alternate, so that a slow
 * spell of the machine hits all. Every request carries another history, from another address.
 *
 *     npm run bench                  prints the table
 *     npm run bench -- --write       and writes bench/results/serve.json and the plot beside it
 *
 *   --release DIR    release to pad (default models/demo)
 *   --items N,N,…    catalogue sizes (default 20000); a trained release is padded up to each
 *   --histories DIR  data folder from which lengths of histories are drawn (default: a stated distribution)
 *   --seconds N      length of each load in each round (default 5)
 *   --rounds N       (default 3)
 *   --kinds K,K,…    only these kinds of request: empty, drawn, long, public, publicShared (default all)
 *   --at-once N,N,…  requests under way at once (default 1,8,64): one tells latency, more how many a second a core gives
 *   --cores A,B      of workerd and of the load generator (default 0,1)
 *   --port N         first of five (default 8850)
 *   --profile FILE   only profiles the Worker, unminified: writes a .cpuprofile and prints where the time went
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { machineOf } from "../cli/machine.ts";
import { readReleaseFolder } from "../cli/release-folder.ts";
import { formatTable } from "../cli/table.ts";
import { argumentsOfRun } from "./command.ts";
import { createBodies, LONG_ENTRIES, readLengths } from "./serve/histories.ts";
import { heapAfterCollection } from "./serve/inspector.ts";
import { emptyLoad, type Kind, type Load, load, loadCount, percentiles } from "./serve/load.ts";
import { MIXTURE_NAME } from "./serve/mixture.ts";
import { padRelease } from "./serve/pad-release.ts";
import { plot } from "./serve/plot.ts";
import { profile } from "./serve/profile.ts";
import type { CatalogueResult, RowResult, ServeResult } from "./serve/result.ts";
import { openStage, type Stage } from "./serve/stage.ts";
import { cpuMs, pin, residentBytes } from "./workerd/process.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SEED = "edgeshelf";
/** Encodes timed as one: /proc tells CPU time in ticks of 10 ms. */
const ENCODES = 400;
/** Requests of each kind before anything is counted: compilers come into their own by calls, not by time. */
const WARM_REQUESTS = 1000;

const { values } = parseArgs({
	options: {
		release: { type: "string", default: join(ROOT, "models/demo") },
		items: { type: "string", default: "20000" },
		histories: { type: "string" },
		seconds: { type: "string", default: "5" },
		rounds: { type: "string", default: "3" },
		kinds: { type: "string", default: "empty,drawn,long,public,publicShared" },
		"at-once": { type: "string", default: "1,8,64" },
		cores: { type: "string", default: "0,1" },
		port: { type: "string", default: "8850" },
		profile: { type: "string" },
		write: { type: "boolean", default: false },
	},
});
const [serverCore, loadCore] = values.cores.split(",").map(Number) as [number, number];
const seconds = Number(values.seconds);
const release = readReleaseFolder(values.release);
const lengths = await readLengths(values.histories, SEED);
const folder = mkdtempSync(join(tmpdir(), "edgeshelf-bench-"));
const stage = await openStage({ port: Number(values.port), core: serverCore, minify: values.profile === undefined });
// Only now: what bundles the Worker may have all cores.
pin(process.pid, loadCore);
try {
	const catalogues: CatalogueResult[] = [];
	for (const items of values.items.split(",").map(Number)) catalogues.push(await measure(stage, items));
	if (values.profile === undefined) report(catalogues);
} finally {
	await stage.close();
	rmSync(folder, { recursive: true });
}

async function measure(stage: Stage, items: number): Promise<CatalogueResult> {
	const padded = padRelease(release, items, join(folder, String(items)), SEED);
	const now = Math.floor(Date.now() / 1000);
	const drawn = createBodies(padded.ids, padded.linked, lengths.values, `${SEED} drawn`, now);
	const long = createBodies(padded.ids, padded.linked, [LONG_ENTRIES], `${SEED} long`, now);
	await stage.publish(padded.folder, drawn.next());
	await putModel(stage, padded.folder.path);
	const path = "/v1/recommendations";
	const isPersonal = (body: string) => body.includes('"source":"personal"');
	const isPopular = (body: string) => body.includes('"source":"popular"');
	let page = 0;
	const kinds: Readonly<Record<string, Kind>> = {
		empty: { url: stage.empty, method: "POST", next: () => ({ path, body: drawn.next() }), isGood: (body) => body === "{}" },
		drawn: { url: stage.ours, method: "POST", next: () => ({ path, body: drawn.next() }), isGood: isPersonal },
		long: { url: stage.ours, method: "POST", next: () => ({ path, body: long.next() }), isGood: isPersonal },
		public: {
			url: stage.ours,
			method: "GET",
			next: () => ({ path: `${path}?item=${encodeURIComponent(padded.ids[page++ % padded.ids.length] as string)}` }),
			isGood: isPersonal,
		},
		publicShared: { url: stage.ours, method: "GET", next: () => ({ path }), isGood: isPopular },
	};
	if (values.profile !== undefined) {
		await loadCount(kinds.drawn as Kind, 1, WARM_REQUESTS, stage.pid, emptyLoad());
		const work = () => load(kinds.drawn as Kind, 8, seconds, stage.pid, emptyLoad());
		await profile(stage.inspector, work, values.profile);
		return { items: padded.ids.length, rows: [], encoderCpuMs: {}, memory: null };
	}

	const loads = new Map<string, Load>();
	const encodes = { drawn: { count: 0, cpuMs: 0 }, long: { count: 0, cpuMs: 0 } };
	const chosen = values.kinds.split(",").map((name) => {
		const kind = kinds[name];
		if (kind === undefined) throw new Error(`--kinds knows ${Object.keys(kinds).join(", ")}, not ${name}`);
		return [name, kind] as const;
	});
	for (const [, kind] of chosen) await loadCount(kind, 8, WARM_REQUESTS, stage.pid, emptyLoad());
	await encode(stage, lengths.values);
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const connections of values["at-once"].split(",").map(Number)) {
			for (const [name, kind] of chosen) {
				const key = `${name} ${connections}`;
				const into = loads.get(key) ?? emptyLoad();
				loads.set(key, into);
				await load(kind, connections, seconds, stage.pid, into);
			}
		}
		for (const [name, from] of [
			["drawn", lengths.values],
			["long", [LONG_ENTRIES]],
		] as const) {
			encodes[name].cpuMs += await encode(stage, from);
			encodes[name].count += ENCODES;
		}
	}
	const heap = await heapAfterCollection(stage.inspector, () => fetch(stage.ours).then((response) => response.arrayBuffer()));
	return {
		items: padded.ids.length,
		rows: [...loads].map(([key, each]) => rowOf(key, each)),
		encoderCpuMs: { drawn: encodes.drawn.cpuMs / encodes.drawn.count, long: encodes.long.cpuMs / encodes.long.count },
		memory: { residentBytes: residentBytes(stage.pid), heap },
	};
}

async function putModel(stage: Stage, path: string): Promise<void> {
	const body = readFileSync(join(path, "encoder.int8.onnx"));
	const put = await fetch(`${stage.encoder}/?dim=${release.manifest.encoder.dim}`, { method: "PUT", body });
	if (!put.ok) throw new Error(`The encoder alone does not load: ${put.status} ${await put.text()}`);
}

/** Encodes histories of lengths spread evenly over the sorted ones. @returns CPU ms of workerd */
async function encode(stage: Stage, from: readonly number[]): Promise<number> {
	const sorted = from.toSorted((a, b) => a - b);
	const steps = Array.from({ length: ENCODES }, (_, n) => {
		const length = sorted[Math.floor(((n + 0.5) * sorted.length) / ENCODES)] as number;
		return Math.min(length, release.manifest.encoder.length);
	});
	const before = cpuMs(stage.pid);
	await (await fetch(`${stage.encoder}/?steps=${steps.join(",")}`)).arrayBuffer();
	return cpuMs(stage.pid) - before;
}

function rowOf(key: string, { requests, seconds, cpuMs, wall, server }: Load): RowResult {
	const [name, connections] = key.split(" ") as [string, string];
	return {
		name,
		connections: Number(connections),
		requests,
		requestsPerSecond: Math.round(requests / seconds),
		cpuMsPerRequest: Number((cpuMs / requests).toFixed(4)),
		wallMs: percentiles(wall),
		serverMs: server.length === 0 ? null : percentiles(server),
	};
}

function report(catalogues: readonly CatalogueResult[]): void {
	for (const { items, rows, encoderCpuMs, memory } of catalogues) {
		console.log(`\n${items} items; encoder alone, CPU ms: ${JSON.stringify(encoderCpuMs)}; memory: ${JSON.stringify(memory)}`);
		console.log(
			formatTable(
				["", "at once", "requests/s", "CPU ms", "wall p50", "p95", "p99", "server p50", "p95", "p99"],
				rows.map(({ name, connections, requestsPerSecond, cpuMsPerRequest, wallMs, serverMs }) => [
					name,
					connections,
					requestsPerSecond,
					cpuMsPerRequest,
					...[wallMs, serverMs].flatMap((at) => [at?.p50 ?? "", at?.p95 ?? "", at?.p99 ?? ""]),
				]),
			),
		);
	}
	const result: ServeResult = {
		catalogues,
		protocol: {
			release: release.id,
			padding: MIXTURE_NAME,
			lengths: lengths.name,
			seed: SEED,
			rounds: Number(values.rounds),
			seconds,
			server: "workerd by Miniflare's direct socket, one core; the platform's rate limit answers at once",
			load: "autocannon, another core",
		},
		machine: machineOf(),
		command: `npm run bench -- ${argumentsOfRun()}`.trimEnd(),
		date: new Date().toISOString().slice(0, 10),
	};
	if (!values.write) return;
	writeFileSync(new URL("results/serve.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	writeFileSync(new URL("results/serve.svg", import.meta.url), plot(result));
}
