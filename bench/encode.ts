/**
 * Time of one warm encode in workerd for each precision of an encoder, as `edgeshelf train --quantisation-out DIR` writes
 * them, beside onnxruntime's native CPU build on one thread, their bytes and NDCG@10: the median round. Rounds of the variants
 * and of both runtimes alternate, so that a slow spell of the machine hits all.
 *
 *     npx node bench/encode.ts QUANTISATION_DIR [NAME] [--python FILE]
 *
 *   NAME            also writes bench/results/NAME.json
 *   --python FILE   of an environment that has onnxruntime (default: the trainer's, made where it is missing)
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createTestHarness } from "wrangler";
import { machineOf } from "../cli/machine.ts";
import { quantileOf } from "../cli/metrics.ts";
import { preparePython } from "../cli/python.ts";
import { formatTable } from "../cli/table.ts";
import { buildRuntime } from "../cli/trim/build.ts";
import { startNativePeer, type Timing } from "./encode/native.ts";

const ROUNDS = 9;
/** Timed as one, after as many untimed: the clock of workerd moves in whole milliseconds. */
const RUNS = 200;
/** Lengths of history: the median of shops, and the longest that is read. */
const STEPS = [8, 50];

type Row = {
	readonly encoder: string;
	readonly items: string;
	readonly file: string;
	readonly encoderBytes: number;
	readonly dim: number;
	readonly "fused.ndcg@10": number;
	readonly "encoder.ndcg@10": number;
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { python: { type: "string" } } });
const [dir, name] = positionals;
if (dir === undefined) {
	console.error("Usage: npx node bench/encode.ts QUANTISATION_DIR [NAME] [--python FILE]");
	process.exit(2);
}
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
const rows: readonly Row[] = JSON.parse(readFileSync(join(dir, "quantisation.json"), "utf8"));
await buildRuntime(process.env);
const native = startNativePeer(values.python ?? (await preparePython()));
const server = createTestHarness({
	root: resolve(import.meta.dirname, ".."),
	workers: [{ configPath: resolve(import.meta.dirname, "encode/wrangler.toml") }],
});
await server.listen();

async function timeInWorkerd({ file, dim, steps, runs }: Timing): Promise<number> {
	const response = await server.fetch(`/?dim=${dim}&steps=${steps}&runs=${runs}`, { method: "POST", body: readFileSync(file) });
	if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
	return (await response.json()) as number;
}

const RUNTIMES = { workerd: timeInWorkerd, native: native.time };
try {
	/** Milliseconds of one encode in each round, by runtime, file and steps. */
	const timed = new Map<string, number[]>();
	const keyOf = (runtime: string, file: string, steps: number) => `${runtime} ${file} ${steps}`;
	for (let round = 0; round < ROUNDS; round++) {
		for (const { file, dim } of rows.filter((row, place) => rows.findIndex((other) => other.file === row.file) === place)) {
			for (const steps of STEPS) {
				for (const [runtime, time] of Object.entries(RUNTIMES)) {
					const key = keyOf(runtime, file, steps);
					const ms = (await time({ file: resolve(dir, file), dim, steps, runs: RUNS })) / RUNS;
					timed.set(key, [...(timed.get(key) ?? []), ms]);
				}
			}
		}
	}
	const measured = rows.map((row) => {
		const median = (runtime: string, steps: number) => quantileOf(timed.get(keyOf(runtime, row.file, steps)) ?? [], 0.5) ?? Number.NaN;
		const each = STEPS.map((steps) => {
			const [ms, native] = [median("workerd", steps), median("native", steps)];
			return { [`ms.${steps}`]: ms, [`native.ms.${steps}`]: native, [`slower.${steps}`]: ms / native };
		});
		return { ...row, ...(Object.assign({}, ...each) as Record<string, number>) };
	});
	console.log(
		formatTable(
			["encoder", "items", "bytes", ...STEPS.map((steps) => `ms, ${steps} entries / native`), "NDCG@10 fused", "alone"],
			measured.map((row) => {
				const figures: Record<string, unknown> = row;
				const at = (key: string, digits: number) => Number(figures[key]).toFixed(digits);
				return [
					row.encoder,
					row.items,
					String(row.encoderBytes),
					...STEPS.map((steps) => `${at(`ms.${steps}`, 3)} / ${at(`native.ms.${steps}`, 3)} = ${at(`slower.${steps}`, 2)}`),
					row["fused.ndcg@10"].toFixed(5),
					row["encoder.ndcg@10"].toFixed(5),
				];
			}),
		),
	);
	if (name !== undefined) {
		const result = { rows: measured, machine: machineOf(), date: new Date().toISOString().slice(0, 10) };
		writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
} finally {
	native.stop();
	await server.close();
}
