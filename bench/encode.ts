/**
 * Time of one warm encode in workerd for each precision of an encoder, as `edgeshelf train --quantisation-out DIR` writes
 * them, beside their bytes and NDCG@10: the median round. Rounds of the variants alternate, so that a slow spell of the machine hits all.
 *
 *     npx node bench/encode.ts QUANTISATION_DIR [NAME]      NAME: also writes bench/results/NAME.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTestHarness } from "wrangler";
import { machineOf } from "../cli/machine.ts";
import { quantileOf } from "../cli/metrics.ts";
import { formatTable } from "../cli/table.ts";

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

const [dir, name] = process.argv.slice(2);
if (dir === undefined) {
	console.error("Usage: npx node bench/encode.ts QUANTISATION_DIR [NAME]");
	process.exit(2);
}
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
const rows: readonly Row[] = JSON.parse(readFileSync(join(dir, "quantisation.json"), "utf8"));
const server = createTestHarness({
	root: resolve(import.meta.dirname, ".."),
	workers: [{ configPath: resolve(import.meta.dirname, "encode/wrangler.toml") }],
});
await server.listen();
try {
	const timed = new Map<string, Record<number, number[]>>();
	for (let round = 0; round < ROUNDS; round++) {
		for (const { file, dim } of rows.filter((row, place) => rows.findIndex((other) => other.file === row.file) === place)) {
			for (const steps of STEPS) {
				const response = await server.fetch(`/?dim=${dim}&steps=${steps}&runs=${RUNS}`, {
					method: "POST",
					body: readFileSync(join(dir, file)),
				});
				if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
				const all = timed.get(file) ?? {};
				all[steps] = [...(all[steps] ?? []), ((await response.json()) as number) / RUNS];
				timed.set(file, all);
			}
		}
	}
	const measured = rows.map((row) => ({
		...row,
		...Object.fromEntries(STEPS.map((steps) => [`ms.${steps}`, quantileOf(timed.get(row.file)?.[steps] ?? [], 0.5)] as const)),
	}));
	console.log(
		formatTable(
			["encoder", "items", "bytes", ...STEPS.map((steps) => `ms, ${steps} entries`), "NDCG@10 fused", "alone"],
			measured.map((row) => [
				row.encoder,
				row.items,
				String(row.encoderBytes),
				...STEPS.map((steps) => Number((row as Record<string, unknown>)[`ms.${steps}`]).toFixed(3)),
				row["fused.ndcg@10"].toFixed(5),
				row["encoder.ndcg@10"].toFixed(5),
			]),
		),
	);
	if (name !== undefined) {
		const result = { rows: measured, machine: machineOf(), date: new Date().toISOString().slice(0, 10) };
		writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
	}
} finally {
	await server.close();
}
