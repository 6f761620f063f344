/**
 * A catalogue of a million products in one isolate: a release in planes, its links in KV, in workerd without the dev proxy.
 * Memory of the isolate at the peak of a swap, time of answers at one request at a time, and how many of the best hundred by
 * exact float32 the scan finds.
 *
 *     npx node bench/million.ts --release DIR            some ten minutes, 6 GB of memory and of disk
 *
 *   --release DIR    release of 64 dimensions (`"towers": 1`) that is padded
 *   --items N        (default 1000000)
 *   --histories DIR  as in serve.ts
 *   --seconds N      of the load (default 30)
 *   --cores A,B      of workerd and of the load generator (default 0,1)
 *   --port N         first of five (default 8850)
 *   --write          writes bench/results/million.json
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineOf } from "../cli/machine.ts";
import { type ReleaseFolder, readReleaseFolder } from "../cli/release-folder.ts";
import { formatTable } from "../cli/table.ts";
import { MANIFEST_FILE } from "../src/contract/release.ts";
import { argumentsOfRun } from "./command.ts";
import { recallOf } from "./million/recall.ts";
import { asPlanes } from "./serve/as-planes.ts";
import { createBodies, LONG_ENTRIES, readLengths } from "./serve/histories.ts";
import { type HeapUsage, heapAfterCollection, sampleHeap, totalOf } from "./serve/inspector.ts";
import { emptyLoad, type Kind, load, percentiles } from "./serve/load.ts";
import { MIXTURE_NAME } from "./serve/mixture.ts";
import { padRelease } from "./serve/pad-release.ts";
import { openStage } from "./serve/stage.ts";
import { pin, residentBytes } from "./workerd/process.ts";

const SEED = "edgeshelf million";
const { values } = parseArgs({
	options: {
		release: { type: "string" },
		items: { type: "string", default: "1000000" },
		histories: { type: "string" },
		seconds: { type: "string", default: "30" },
		cores: { type: "string", default: "0,1" },
		port: { type: "string", default: "8850" },
		write: { type: "boolean", default: false },
	},
});
if (values.release === undefined) throw new Error("--release is needed: a release of 64 dimensions");
const seconds = Number(values.seconds);
const [serverCore, loadCore] = values.cores.split(",").map(Number) as [number, number];
const lengths = await readLengths(values.histories, SEED);
const folder = mkdtempSync(join(tmpdir(), "edgeshelf-million-"));
try {
	console.log("Padding the release …");
	const padded = padRelease(readReleaseFolder(values.release), Number(values.items), join(folder, "rows"), SEED);
	const { ids, linked } = padded;
	const first = asPlanes(padded.folder, join(folder, "planes"), padded.vectors);
	rmSync(join(folder, "rows"), { recursive: true });
	console.log("Measuring recall …");
	const recall = await recallOf(first, padded.vectors, ids);
	const second = again(first, join(folder, "again"));
	const measured = await measure([first, second], ids, linked);
	const row = { items: ids.length, dim: first.manifest.items.dim, ...recall, ...measured };
	console.log(formatTable(["", ""], Object.entries(inWords(row))));
	if (values.write) {
		const result = {
			...row,
			histories: lengths.name,
			generator: MIXTURE_NAME,
			bytes: Object.fromEntries(Object.entries(first.manifest.files).map(([name, { bytes }]) => [name, bytes])),
			machine: machineOf(),
			command: `npx node bench/million.ts ${argumentsOfRun()}`.trimEnd(),
			date: new Date().toISOString().slice(0, 10),
		};
		writeFileSync(new URL("results/million.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
} finally {
	rmSync(folder, { recursive: true });
}

/** The same files under another id, as a release that takes the place of the first. */
function again(release: ReleaseFolder, out: string): ReleaseFolder {
	mkdirSync(out);
	for (const name of release.files) symlinkSync(join(release.path, name), join(out, name));
	const manifest = JSON.parse(readFileSync(join(release.path, MANIFEST_FILE), "utf8"));
	const [, hash] = release.id.split("-");
	writeFileSync(join(out, MANIFEST_FILE), JSON.stringify({ ...manifest, id: `20991231T000000Z-${hash}` }));
	return readReleaseFolder(out);
}

async function measure([first, second]: readonly [ReleaseFolder, ReleaseFolder], ids: readonly string[], linked: Uint32Array) {
	const now = Math.floor(Date.now() / 1000);
	const bodies = createBodies(ids, linked, lengths.values, SEED, now);
	const long = createBodies(ids, linked, [LONG_ENTRIES], `${SEED} long`, now);
	const stage = await openStage({ port: Number(values.port), core: serverCore });
	pin(process.pid, loadCore);
	try {
		const wake = () => fetch(stage.ours).then((response) => response.arrayBuffer());
		const memory = () => heapAfterCollection(stage.inspector, wake);
		const kindOf = (next: () => string): Kind => ({
			url: stage.ours,
			method: "POST",
			next: () => ({ path: "/v1/recommendations", body: next() }),
			isGood: (body) => body.includes('"source":"personal"'),
		});
		console.log("Uploading two releases …");
		await stage.upload(first);
		await stage.activate(first, bodies.next());
		await stage.upload(second);
		const loads = { drawn: emptyLoad(), long: emptyLoad() };
		console.log("Asking …");
		await load(kindOf(bodies.next), 1, Math.ceil(seconds / 4), stage.pid, emptyLoad());
		await load(kindOf(bodies.next), 1, seconds, stage.pid, loads.drawn);
		await load(kindOf(long.next), 1, seconds, stage.pid, loads.long);
		const served = await memory();
		console.log("Swapping …");
		let isSwapping = true;
		const began = Date.now();
		const swapped = stage.activate(second, bodies.next()).finally(() => {
			isSwapping = false;
		});
		const sampled = await sampleHeap(stage.inspector, () => !isSwapping, wake);
		await swapped;
		const swapSeconds = (Date.now() - began) / 1000;
		const after = await memory();
		const samples = sampled.length;
		const peak = [served, ...sampled, after].reduce((most, held) => (totalOf(held) > totalOf(most) ? held : most));
		const timesOf = ({ wall, server, links }: ReturnType<typeof emptyLoad>) => ({
			wall: percentiles(wall),
			server: percentiles(server),
			links: percentiles(links),
			// One request at a time: both are in the order of the requests.
			wallLessLinks: percentiles(wall.map((milliseconds, request) => milliseconds - (links[request] ?? 0))),
			requests: wall.length,
		});
		return {
			times: { drawn: timesOf(loads.drawn), long: timesOf(loads.long) },
			memory: {
				served,
				peak,
				after,
				samples,
				swapSeconds,
				residentBytes: residentBytes(stage.pid),
			},
		};
	} finally {
		await stage.close();
	}
}

function inWords({
	items,
	dim,
	recallAt100,
	times,
	memory,
}: Awaited<ReturnType<typeof measure>> & { items: number; dim: number; recallAt100: number }) {
	const mb = (held: HeapUsage) =>
		`${(totalOf(held) / 1e6).toFixed(1)} MB (heap ${(held.used / 1e6).toFixed(1)}, buffers ${(held.backing / 1e6).toFixed(1)}, wasm ${(held.wasm / 1e6).toFixed(1)})`;
	const ms = ({ p50, p99 }: ReturnType<typeof percentiles>) => `${p50?.toFixed(1)} / ${p99?.toFixed(1)} ms`;
	return {
		items: `${items} of ${dim}`,
		"recall@100": recallAt100.toFixed(4),
		"answers p50 / p99": ms(times.drawn.wall),
		"of that waiting for links in KV": ms(times.drawn.links),
		"answers less that wait": ms(times.drawn.wallLessLinks),
		[`with ${LONG_ENTRIES} entries`]: ms(times.long.wall),
		"memory while serving": mb(memory.served),
		"memory at the peak of a swap": `${mb(memory.peak)}, ${memory.samples} samples in ${memory.swapSeconds.toFixed(0)} s`,
	};
}
