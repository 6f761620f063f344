import { writeFileSync } from "node:fs";
import { formatTable } from "../../cli/table.ts";
import { openInspector } from "./inspector.ts";

/** Time between two samples, microseconds. */
const SAMPLE_US = 200;
/** Functions listed. */
const LISTED = 45;

type Node = {
	readonly id: number;
	readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
};
type Profile = { readonly nodes: readonly Node[]; readonly samples: readonly number[]; readonly timeDeltas: readonly number[] };

/** Profiles the isolate while `work` goes on; writes the profile for a browser's tools, and lists functions by their own time. */
export async function profile(address: string, work: () => Promise<void>, file: string): Promise<void> {
	const inspector = await openInspector(address);
	await inspector.call("Profiler.enable");
	await inspector.call("Profiler.setSamplingInterval", { interval: SAMPLE_US });
	await inspector.call("Profiler.start");
	await work();
	const { profile } = (await inspector.call("Profiler.stop")) as { profile: Profile };
	inspector.close();
	writeFileSync(file, JSON.stringify(profile));
	const own = new Map<string, number>();
	const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
	let total = 0;
	for (const [place, id] of profile.samples.entries()) {
		const { functionName, url, lineNumber } = (nodes.get(id) as Node).callFrame;
		// A wasm module has a function a number: it is one line.
		const name = url.startsWith("wasm") ? "(wasm)" : `${functionName || "(anonymous)"}:${lineNumber + 1}`;
		const spent = profile.timeDeltas[place] as number;
		if (functionName === "(idle)") continue;
		own.set(name, (own.get(name) ?? 0) + spent);
		total += spent;
	}
	const rows = [...own].toSorted(([, a], [, b]) => b - a).slice(0, LISTED);
	console.log(
		formatTable(
			["function:line of the bundle", "own time"],
			rows.map(([name, spent]) => [name, `${((spent / total) * 100).toFixed(2)}%`]),
		),
	);
}
