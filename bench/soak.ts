/**
 * Whether memory grows with traffic and with releases: what V8 holds of the Worker's isolate after forced collections, at
 * the end against shortly after the start. Fails when it grew by more than 5%.
 *
 *     npx node bench/soak.ts                             200,000 requests and 50 swaps, about half an hour
 *     npx node bench/soak.ts --requests 20000 --swaps 10
 *
 *   --release DIR    release that is padded twice, to two that take turns (default models/demo)
 *   --items N        (default 20000)
 *   --histories DIR  as in serve.ts
 *   --cores A,B      of workerd and of the load generator (default 0,1)
 *   --port N         first of five (default 8850)
 *   --write          writes bench/results/soak.json
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { machineOf } from "../cli/machine.ts";
import { readReleaseFolder } from "../cli/release-folder.ts";
import { argumentsOfRun } from "./command.ts";
import { createBodies, readLengths } from "./serve/histories.ts";
import { type HeapUsage, heapAfterCollection, totalOf } from "./serve/inspector.ts";
import { emptyLoad, type Kind, loadCount } from "./serve/load.ts";
import { padRelease } from "./serve/pad-release.ts";
import { openStage } from "./serve/stage.ts";
import { pin, residentBytes } from "./workerd/process.ts";

const SEED = "edgeshelf soak";
/** Measured first after these. */
const FIRST_REQUESTS = 1000;
/** Growth that is let pass. */
const GROWTH_MAX = 0.05;
const CONNECTIONS = 8;

const { values } = parseArgs({
	options: {
		requests: { type: "string", default: "200000" },
		swaps: { type: "string", default: "50" },
		release: { type: "string", default: resolve(import.meta.dirname, "../models/demo") },
		items: { type: "string", default: "20000" },
		histories: { type: "string" },
		cores: { type: "string", default: "0,1" },
		port: { type: "string", default: "8850" },
		write: { type: "boolean", default: false },
	},
});
const [requests, swaps] = [Number(values.requests), Number(values.swaps)];
const [serverCore, loadCore] = values.cores.split(",").map(Number) as [number, number];
const trained = readReleaseFolder(values.release);
const lengths = await readLengths(values.histories, SEED);
const folder = mkdtempSync(join(tmpdir(), "edgeshelf-soak-"));
const releases = ["a", "b"].map((name) => padRelease(trained, Number(values.items), join(folder, name), `${SEED} ${name}`));
const [{ ids, linked }] = releases as [(typeof releases)[0]];
const bodies = createBodies(ids, linked, lengths.values, SEED, Math.floor(Date.now() / 1000));

const stage = await openStage({ port: Number(values.port), core: serverCore });
// Only now: what bundles the Worker may have all cores.
pin(process.pid, loadCore);
try {
	const kind: Kind = {
		url: stage.ours,
		method: "POST",
		next: () => ({ path: "/v1/recommendations", body: bodies.next() }),
		isGood: (body) => body.includes('"source":"personal"'),
	};
	let published = 0;
	const swap = async () => {
		const { folder } = releases[published++ % releases.length] as (typeof releases)[0];
		await stage.publish(folder, bodies.next());
	};
	const memory = async () => {
		const heap = await heapAfterCollection(stage.inspector, () => fetch(stage.ours).then((response) => response.arrayBuffer()));
		return { heap, residentBytes: residentBytes(stage.pid) };
	};
	await swap();
	await swap();
	await loadCount(kind, CONNECTIONS, FIRST_REQUESTS, stage.pid, emptyLoad());
	const first = await memory();
	console.log(`after ${FIRST_REQUESTS} requests and 1 swap: ${inWords(first)}`);
	const left = requests - FIRST_REQUESTS;
	for (let swapped = 1; swapped < swaps; swapped++) {
		await swap();
		await loadCount(kind, CONNECTIONS, Math.ceil(left / (swaps - 1)), stage.pid, emptyLoad());
	}
	const last = await memory();
	const growth = totalOf(last.heap) / totalOf(first.heap) - 1;
	console.log(`after ${requests} requests and ${swaps} swaps: ${inWords(last)}; ${(growth * 100).toFixed(2)}% more`);
	if (values.write) {
		const command = `npx node bench/soak.ts ${argumentsOfRun()}`.trimEnd();
		const result = {
			requests,
			swaps,
			items: ids.length,
			first,
			last,
			growth,
			machine: machineOf(),
			command,
			date: new Date().toISOString().slice(0, 10),
		};
		writeFileSync(new URL("results/soak.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
	if (growth > GROWTH_MAX) process.exitCode = 1;
} finally {
	await stage.close();
	rmSync(folder, { recursive: true });
}

function inWords({ heap, residentBytes }: { heap: HeapUsage; residentBytes: number }): string {
	const mb = (bytes: number) => (bytes / 1e6).toFixed(2);
	const parts = `heap ${mb(heap.used)}, buffers ${mb(heap.backing)}, wasm ${mb(heap.wasm)}`;
	return `${mb(totalOf(heap))} MB (${parts}); all of workerd resident ${mb(residentBytes)} MB`;
}
