import type { SearchResult, SystemRow } from "./result.ts";

const NAMES: Readonly<Record<SystemRow["name"], string>> = {
	floor: "SQLite FTS5, BM25",
	words: "words alone",
	meaning: "meaning alone",
	shipped: "**words and meaning, as shipped**",
	crossValidated: "weights chosen without the query's fold",
	typos: "as shipped, one random edit in each query",
};
const three = (value: number) => value.toFixed(3);
const percent = (value: number) => `${(value * 100).toFixed(1)}%`;
const signed = (value: number) => `${value < 0 ? "" : "+"}${three(value)}`;

/** The README's table of search, a line each; none where it was not measured. */
export function searchTable(result: SearchResult | null): string[] {
	if (result === null) return [];
	const { rows, protocol, typoFall, milliseconds, index, machine, command, date } = result;
	const interval = ({ mean, lower95, upper95 }: SystemRow["difference"]["all"]) =>
		`${signed(mean)} (${signed(lower95)} to ${signed(upper95)})`;
	return [
		`Search on Chorus, ${protocol.queries} judged queries over ${index.products.toLocaleString("en-US")} products, NDCG@10 with gain 2^rating - 1; below: share of queries that come out worse than SQLite's:`,
		"",
		"| | unjudged as 0 | judged only | against SQLite, unjudged as 0 | against SQLite, judged only | below |",
		"|---|---|---|---|---|---|",
		...rows.map((row) => {
			const isFloor = row.name === "floor";
			const against = isFloor
				? ["", "", ""]
				: [interval(row.difference.all), interval(row.difference.judged), `${percent(row.below.all)} / ${percent(row.below.judged)}`];
			return `| ${[NAMES[row.name], three(row.all), three(row.judged), ...against].join(" | ")} |`;
		}),
		"",
		`- One random edit in each query costs ${percent(typoFall.all)} (unjudged as 0) and ${percent(typoFall.judged)} (judged only).`,
		`- A whole answer with four facets, in Node: ${milliseconds.p50.toFixed(1)} / ${milliseconds.p95.toFixed(1)} / ${milliseconds.p99.toFixed(1)} ms p50 / p95 / p99; SQLite's list of ids in the same process ${milliseconds.floorP50.toFixed(1)} ms p50. The index: ${(index.bytes / 1e6).toFixed(1)} MB, ${index.terms.toLocaleString("en-US")} terms. Meaning: ${protocol.meaning}.`,
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}
