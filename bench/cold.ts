/**
 * Cold starts of workerd, without the dev proxy: from the first byte of the first request to a process that listens and was
 * never called, to the first answer, to the first `personal` answer, and what an answer takes that is asked for meanwhile.
 * The ONNX Runtime is trimmed or not, and booted in global scope or by the first release; starts of the variants alternate,
 * so that a slow spell of the machine hits all.
 *
 *     npx node bench/cold.ts [--starts N] [--name NAME]      NAME: also writes bench/results/NAME.json
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { createClient } from "../cli/client.ts";
import { makeCatalogue } from "../cli/demo/catalogue.ts";
import { machineOf } from "../cli/machine.ts";
import { quantileOf } from "../cli/metrics.ts";
import { seedDemo } from "../cli/start/seed.ts";
import { formatTable } from "../cli/table.ts";
import { askFromCold, type ColdStart } from "./cold/ask.ts";
import { startWorkerd, TOKEN, type Workerd } from "./cold/workerd.ts";
import { bundleInto } from "./workerd/bundle.ts";
import { migrate } from "./workerd/surroundings.ts";

const ROOT = resolve(import.meta.dirname, "..");
const WORK = join(ROOT, ".cache/bench/cold");
const STATE = join(WORK, "state");
/** The least Worker first; the shipped one last: its build is what stays in the working tree. */
const VARIANTS = [
	{ name: "a Worker that asks the rate limit and the database once", ort: "trimmed", entry: "bench/cold/least-worker.ts" },
	{ name: "untrimmed, booted by the first release", ort: "untrimmed", entry: "bench/cold/lazy-worker.ts" },
	{ name: "untrimmed, booted in global scope", ort: "untrimmed", entry: "src/index.ts" },
	{ name: "trimmed, booted by the first release", ort: "trimmed", entry: "bench/cold/lazy-worker.ts" },
	{ name: "trimmed, booted in global scope", ort: "trimmed", entry: "src/index.ts" },
] as const;

/** Components of an item vector of the demo release. */
const DEMO_DIM: number = JSON.parse(readFileSync(join(ROOT, "models/demo/manifest.json"), "utf8")).encoder.dim;

const { values } = parseArgs({ options: { starts: { type: "string", default: "20" }, name: { type: "string" } } });
const starts = Number(values.starts);
rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });

/** @returns the folder of the bundle */
function bundle(variant: (typeof VARIANTS)[number], place: number): string {
	const folder = join(WORK, `bundle-${place}`);
	bundleInto(folder, variant);
	return folder;
}

/** ONNX Runtime of a bundle: by far the largest of its modules; null: the bundle has none. */
const wasmOf = (folder: string): string | null =>
	globSync("*.wasm", { cwd: folder })
		.map((file) => join(folder, file))
		.sort((a, b) => statSync(b).size - statSync(a).size)[0] ?? null;

/** CPU time of one thread to boot ONNX Runtime, and then to load a release's encoder and ask it once; null without it. */
function bootCpu(
	folder: string,
	{ entry }: (typeof VARIANTS)[number],
): { readonly bootMs: number | null; readonly releaseMs: number | null } {
	const wasm = wasmOf(folder);
	if (wasm === null) return { bootMs: null, releaseMs: null };
	const model = [join(ROOT, "models/demo/encoder.int8.onnx"), String(DEMO_DIM)];
	const first = entry === "src/index.ts" ? [join(ROOT, "src/runtime/boot-encoder.bin")] : [];
	const args = ["--no-warnings", join(ROOT, "bench/cold/boot-cpu.ts"), wasm, ...model, ...first];
	const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout);
}

const catalogue = makeCatalogue();
const history = catalogue
	.filter(({ category }) => category.key === "shoes")
	.slice(0, 8)
	.map(({ product }) => product.id);
const bundles = VARIANTS.map(bundle);

console.log("Filling the stores with the demo shop …");
{
	const { address, miniflare } = await startWorkerd(bundles.at(-1) as string, STATE);
	await migrate(await miniflare.getD1Database("DB"));
	await seedDemo(createClient(address.href, { token: TOKEN }), catalogue);
	await miniflare.dispose();
}

type Start = ColdStart & Pick<Workerd, "listeningMs" | "listeningCpuMs"> & ReturnType<typeof bootCpu>;
const measured = new Map<string, Start[]>(VARIANTS.map(({ name }) => [name, []]));
for (let start = 0; start < starts; start++) {
	for (const [place, variant] of VARIANTS.entries()) {
		const { name } = variant;
		const cpu = bootCpu(bundles[place] as string, variant);
		const { address, listeningMs, listeningCpuMs, miniflare } = await startWorkerd(bundles[place] as string, STATE);
		try {
			const cold = await askFromCold(address, history);
			measured.get(name)?.push({ ...cold, ...cpu, listeningMs, listeningCpuMs });
			console.log(name, JSON.stringify({ listeningMs, listeningCpuMs, ...cpu, ...cold, duringMs: cold.duringMs.map(Math.round) }));
		} finally {
			await miniflare.dispose();
		}
	}
}

const spread = (figures: readonly number[]) => ({ median: quantileOf(figures, 0.5), worst: quantileOf(figures, 1) });
const rows = VARIANTS.map(({ name }, place) => {
	const all = measured.get(name) ?? [];
	const file = wasmOf(bundles[place] as string);
	const wasm = file === null ? null : readFileSync(file);
	return {
		variant: name,
		"wasm.bytes": wasm?.length ?? 0,
		"wasm.gzip.bytes": wasm === null ? 0 : gzipSync(wasm, { level: 9 }).length,
		listening: spread(all.map(({ listeningMs }) => listeningMs)),
		"listening.cpu": spread(all.flatMap(({ listeningCpuMs }) => listeningCpuMs ?? [])),
		first: spread(all.map(({ firstMs }) => firstMs)),
		personal: spread(all.map(({ personalMs }) => personalMs)),
		// Of each start's answers the middle one and the slowest.
		during: spread(all.flatMap(({ duringMs }) => quantileOf(duringMs, 0.5) ?? [])),
		duringSlowest: spread(all.flatMap(({ duringMs }) => quantileOf(duringMs, 1) ?? [])),
		"personal.cpu": spread(all.flatMap(({ cpuMs }) => cpuMs ?? [])),
		"boot.thread.cpu": spread(all.flatMap(({ bootMs }) => bootMs ?? [])),
		"release.thread.cpu": spread(all.flatMap(({ releaseMs }) => releaseMs ?? [])),
		"first.items": Math.min(...all.map(({ firstItems }) => firstItems)),
		refused: all.reduce((sum, { refused }) => sum + refused, 0),
	};
});
const cell = ({ median, worst }: ReturnType<typeof spread>) => `${median?.toFixed(0) ?? ""} / ${worst?.toFixed(0) ?? ""}`;
console.log(
	formatTable(
		[
			"median / worst, ms",
			"wasm MB",
			"gzip MB",
			"listening",
			"its CPU",
			"first answer",
			"first personal",
			"asked meanwhile",
			"slowest meanwhile",
			"CPU to personal",
			"boot, one thread",
			"encoder, one thread",
			"not 200",
		],
		rows.map((row) => [
			row.variant,
			(row["wasm.bytes"] / 1e6).toFixed(2),
			(row["wasm.gzip.bytes"] / 1e6).toFixed(2),
			cell(row.listening),
			cell(row["listening.cpu"]),
			cell(row.first),
			cell(row.personal),
			cell(row.during),
			cell(row.duringSlowest),
			cell(row["personal.cpu"]),
			cell(row["boot.thread.cpu"]),
			cell(row["release.thread.cpu"]),
			String(row.refused),
		]),
	),
);
if (values.name !== undefined) {
	const result = { unit: "ms", starts, rows, machine: machineOf(), date: new Date().toISOString().slice(0, 10) };
	writeFileSync(new URL(`results/${values.name}.json`, import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
}
