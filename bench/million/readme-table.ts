import { type HeapUsage, totalOf } from "../serve/inspector.ts";

type Times = { readonly p50: number | null; readonly p99: number | null };

/** What `bench/results/million.json` holds of a run. */
export type MillionResult = {
	readonly items: number;
	readonly dim: number;
	readonly recallAt100: number;
	readonly queries: number;
	readonly times: Readonly<
		Record<"drawn" | "long", Readonly<Record<"wall" | "server" | "links" | "wallLessLinks", Times>> & { readonly requests: number }>
	>;
	readonly memory: Readonly<Record<"served" | "peak", HeapUsage>> & { readonly samples: number; readonly swapSeconds: number };
	readonly histories: string;
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};

const megabytes = (held: HeapUsage) =>
	`${(totalOf(held) / 1e6).toFixed(1)} MB (objects ${(held.used / 1e6).toFixed(1)}, buffers ${(held.backing / 1e6).toFixed(1)}, wasm ${(held.wasm / 1e6).toFixed(1)})`;
const milliseconds = ({ p50, p99 }: Times) => `${p50?.toFixed(1) ?? ""} / ${p99?.toFixed(1) ?? ""}`;

/** The README's lines of a large catalogue; none where it was not measured. */
export function millionTable(result: MillionResult | null): string[] {
	if (result === null) return [];
	const { items, dim, recallAt100, queries, times, memory, histories, machine, command, date } = result;
	return [
		`A release in planes, ${items.toLocaleString("en-US")} items of ${dim} dimensions, links in KV, one request at a time:`,
		"",
		"| | |",
		"|---|---|",
		`| memory while it serves | ${megabytes(memory.served)} |`,
		`| memory at the peak of a swap, collected ${memory.samples} times in ${memory.swapSeconds.toFixed(0)} s | ${megabytes(memory.peak)} |`,
		`| answers at the client, ms p50 / p99 (histories: ${histories}) | ${milliseconds(times.drawn.wall)} |`,
		`| of that waiting for links in KV, ms p50 / p99 | ${milliseconds(times.drawn.links)} |`,
		`| answers less that wait, ms p50 / p99 | ${milliseconds(times.drawn.wallLessLinks)} |`,
		`| with 50 entries each | ${milliseconds(times.long.wall)} |`,
		`| server's CPU spans, ms p50 / p99 | ${milliseconds(times.drawn.server)} |`,
		`| recall@100 of exact float32, ${queries} queries | ${recallAt100.toFixed(4)} |`,
		"",
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}
