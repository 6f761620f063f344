import { existsSync, readFileSync } from "node:fs";

const BEGIN = "<!-- scan: made by bench/scan.ts -->";
const END = "<!-- end of scan -->";
const RESULT = new URL("../results/scan.json", import.meta.url);

/** What a system is called where its time is shown. */
export const TITLES: Readonly<Record<string, string>> = {
	relaxed: "kernel, relaxed SIMD, workerd",
	simd: "kernel, plain SIMD, workerd",
	read: "only reading the memory, WASM in workerd",
	javascript: "plain JavaScript loop, workerd",
	c: "C loop, gcc -O3 -march=native",
	faiss: "FAISS QT_8bit_direct_signed",
	usearch: "usearch int8, exact",
};

/** `bench/results/scan.json`. */
export type ScanResult = {
	readonly protocol: Readonly<Record<string, string | number>>;
	readonly tables: readonly {
		readonly rows: number;
		readonly dim: number;
		readonly "recall@100": number;
		/** Share of float32's best 100 rows that are among all rows found. */
		readonly top100AmongFound: number;
		readonly missing: readonly string[];
		readonly systems: readonly {
			readonly name: string;
			/** Median and best of the rounds. */
			readonly ms: number;
			readonly bestMs: number;
			readonly "gb/s": number;
			readonly ofFastestNative?: number;
			readonly ofReading: number;
		}[];
	}[];
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

function section({ protocol, tables, machine, command, date }: ScanResult): string {
	const names = Object.keys(TITLES).filter((name) => tables.some(({ systems }) => systems.some((system) => system.name === name)));
	const cell = (name: string, { systems }: ScanResult["tables"][number]) => {
		const found = systems.find((system) => system.name === name);
		return found === undefined
			? ""
			: `${found.ms.toPrecision(3)} / ${found.ofFastestNative?.toFixed(2) ?? ""} / ${found.ofReading.toFixed(2)}`;
	};
	return [
		`Exact scan for the best ${protocol.most} rows, one thread each: ms / speed against the fastest native peer / against only reading the memory.`,
		"",
		line(["rows × dimensions", ...tables.map(({ rows, dim }) => `${rows.toLocaleString("en")} × ${dim}`)]),
		`|${"---|".repeat(tables.length + 1)}`,
		...names.map((name) => line([TITLES[name] as string, ...tables.map((table) => cell(name, table))])),
		line(["recall@100 of exact float32", ...tables.map((table) => table["recall@100"].toFixed(4))]),
		line([`float32's top 100 among the ${protocol.most} found`, ...tables.map((table) => table.top100AmongFound.toFixed(4))]),
		"",
		`Vectors: ${protocol.generator}. ${protocol.peers}. ${machine}; ${date}; \`${command}\`.`,
	].join("\n");
}

/** The README with the section of the result as it is stored; unchanged where nothing was measured. */
export function withScan(readme: string): string {
	if (!existsSync(RESULT)) return readme;
	const [before, rest] = readme.split(BEGIN) as [string, string];
	const [, after] = rest.split(END) as [string, string];
	return `${before}${BEGIN}\n\n${section(JSON.parse(readFileSync(RESULT, "utf8")) as ScanResult)}\n\n${END}${after}`;
}
