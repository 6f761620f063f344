/**
 * Reads damaged and changed release files, manifests and log objects as the Worker would, many times over. Fails when anything
 * is thrown that does not refuse the file by name, when one case takes more than 2 s of the processor, or when memory after forced collections
 * grew by more than 5%.
 *
 *     npx node --expose-gc bench/fuzz-files.ts                        1,000,000 cases, some five minutes
 *     npx node --expose-gc bench/fuzz-files.ts --cases 50000 --seed 7
 *
 *   --write   writes bench/results/fuzz-files.json
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { randomFrom } from "../cli/demo/random.ts";
import { machineOf } from "../cli/machine.ts";
import { formatTable } from "../cli/table.ts";
import { createFileFuzzer } from "../test/fixtures/fuzzed-files.ts";

/** Cases before memory is first measured: code is warm then. */
const FIRST_CASES = 20_000;
const GROWTH_MAX = 0.05;
const CASE_MAX_MS = 2000;

const { values } = parseArgs({
	options: {
		cases: { type: "string", default: "1000000" },
		seed: { type: "string", default: "1" },
		write: { type: "boolean", default: false },
	},
});
const cases = Number(values.cases);
const collect = globalThis.gc;
if (collect === undefined) throw new Error("memory is measured after forced collections: run node with --expose-gc");

/** Bytes that live after collections: objects, and what lies behind ArrayBuffers. */
async function memory(): Promise<number> {
	for (let round = 0; round < 3; round++) {
		collect?.();
		await new Promise((resolve) => setImmediate(resolve));
	}
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

const fuzzer = await createFileFuzzer();
const counts = new Map<string, { loaded: number; refused: number }>();
const faults: string[] = [];
let longestMs = 0;
let first = 0;
for (let k = 0; k < cases; k++) {
	if (k === Math.min(FIRST_CASES, cases - 1)) first = await memory();
	// A stream a case: each can be made again by its number alone.
	const random = randomFrom(`${values.seed} ${k}`);
	const started = process.cpuUsage();
	try {
		const { of, loaded } = await fuzzer.next(random);
		const counted = counts.get(of) ?? { loaded: 0, refused: 0 };
		counts.set(of, loaded ? { ...counted, loaded: counted.loaded + 1 } : { ...counted, refused: counted.refused + 1 });
	} catch (thrown) {
		faults.push(`case ${k}: ${thrown instanceof Error ? thrown.stack?.split("\n").slice(0, 4).join(" ") : String(thrown)}`);
	}
	// Of the processor: other work on the machine is no hang. A promise that never settles ends the process by itself.
	longestMs = Math.max(longestMs, process.cpuUsage(started).user / 1000);
}
const last = await memory();
const growth = last / first - 1;
const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([of, { loaded, refused }]) => [of, loaded, refused]);
console.log(formatTable(["read", "loaded", "refused"], rows));
console.log(
	`${cases} cases; longest ${longestMs.toFixed(0)} ms; memory ${(first / 1e6).toFixed(2)} MB, then ${(last / 1e6).toFixed(2)} MB: ${(growth * 100).toFixed(2)}%`,
);
console.log(`faults: ${faults.length}`);
for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
if (values.write) {
	const command = `npx node --expose-gc bench/fuzz-files.ts ${process.argv.slice(2).join(" ")}`.trimEnd();
	const result = {
		cases,
		seed: values.seed,
		outcomes: Object.fromEntries(counts),
		faults,
		longestMs,
		first,
		last,
		growth,
		machine: machineOf(),
		command,
		date: new Date().toISOString().slice(0, 10),
	};
	writeFileSync(new URL("results/fuzz-files.json", import.meta.url), `${JSON.stringify(result, null, "\t")}\n`);
}
if (faults.length > 0 || longestMs > CASE_MAX_MS || growth > GROWTH_MAX) process.exitCode = 1;
