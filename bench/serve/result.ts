import type { HeapUsage } from "./inspector.ts";
import type { percentiles } from "./load.ts";

type Percentiles = ReturnType<typeof percentiles>;

/** One kind of request at one number of connections. */
export type RowResult = {
	/** `empty`, `drawn` (lengths drawn), `long` (50 entries), `public` (GET, another item each), `publicShared` (GET, always the same). */
	readonly name: string;
	readonly connections: number;
	readonly requests: number;
	readonly requestsPerSecond: number;
	/** Of all of workerd. */
	readonly cpuMsPerRequest: number;
	readonly wallMs: Percentiles;
	readonly serverMs: Percentiles | null;
};

export type CatalogueResult = {
	readonly items: number;
	readonly rows: readonly RowResult[];
	/** The encoder alone, by kind of request, CPU ms an encode. */
	readonly encoderCpuMs: Readonly<Record<string, number>>;
	/** After forced collection; RSS is that of all isolates and of the local stores. */
	readonly memory: { readonly residentBytes: number; readonly heap: HeapUsage } | null;
};

/** `bench/results/serve.json` */
export type ServeResult = {
	readonly catalogues: readonly CatalogueResult[];
	readonly protocol: Readonly<Record<string, string | number>>;
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};

/** CPU ms a request less the encoder's own, as a multiple of the empty route's: what all else costs. */
export function overheadRatio({ rows, encoderCpuMs }: CatalogueResult, name: string, connections: number): number | null {
	const find = (wanted: string) => rows.find((row) => row.name === wanted && row.connections === connections);
	const [ours, empty, encoder] = [find(name), find("empty"), encoderCpuMs[name]];
	if (ours === undefined || empty === undefined || encoder === undefined) return null;
	return (ours.cpuMsPerRequest - encoder) / empty.cpuMsPerRequest;
}
