import { KIND_TITLES } from "./plot.ts";
import { overheadRatio, type ServeResult } from "./result.ts";

const milliseconds = (at: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null }) =>
	[at.p50, at.p95, at.p99].map((value) => value?.toFixed(2) ?? "").join(" / ");
const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/** The README's tables of the serving path, a line each; none where it was not measured. */
export function servingTable(result: ServeResult | null): string[] {
	if (result === null) return [];
	const { catalogues, protocol, machine, command, date } = result;
	return [
		`Serving in workerd, one core, every history another one (lengths: ${protocol.lengths}); padded by a ${protocol.padding}:`,
		"",
		...catalogues.flatMap(catalogueLines),
		"![Time of an answer at the client](bench/results/serve.svg)",
		"",
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}

function catalogueLines(catalogue: ServeResult["catalogues"][number]): string[] {
	const { items, rows, memory, encoderCpuMs } = catalogue;
	const names = [...new Set(rows.map(({ name }) => name))];
	const many = [...new Set(rows.map(({ connections }) => connections))].filter((connections) => connections > 1);
	const busiest = many[0] ?? 1;
	const head = [
		`${items.toLocaleString("en-US")} items`,
		"at the client, ms p50 / p95 / p99",
		"server, ms",
		...many.map((connections) => `requests/s at ${connections}`),
		"CPU ms",
		"CPU less the encoder's, against empty",
	];
	const find = (name: string, connections: number) => rows.find((row) => row.name === name && row.connections === connections);
	const lines = names.map((name) => {
		const alone = find(name, 1);
		const ratio = overheadRatio(catalogue, name, busiest);
		return [
			KIND_TITLES[name] ?? name,
			alone === undefined ? "" : milliseconds(alone.wallMs),
			alone?.serverMs == null ? "" : milliseconds(alone.serverMs),
			...many.map((connections) => String(find(name, connections)?.requestsPerSecond ?? "")),
			find(name, busiest)?.cpuMsPerRequest.toFixed(3) ?? "",
			ratio === null ? "" : `${ratio.toFixed(1)} times`,
		];
	});
	const encoder = Object.entries(encoderCpuMs).map(([name, cpuMs]) => `${cpuMs.toFixed(2)} (${KIND_TITLES[name] ?? name})`);
	const held =
		memory === null
			? ""
			: ` Memory after forced collection, MB: JavaScript heap ${megabytes(memory.heap.used)}, buffers ${megabytes(memory.heap.backing)}, wasm ${megabytes(memory.heap.wasm)}.`;
	return [
		...[head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`),
		"",
		`The encoder alone takes ${encoder.join(", ")} CPU ms.${held}`,
		"",
	];
}
