import type { NextSearchResult } from "./result.ts";

const TITLES = {
	queries: "simulated shoppers, the next query",
	changes: "RetailRocket, the next category that is another",
	all: "RetailRocket, the category of each next event",
} as const;
const percent = (value: number) => `${(value * 100).toFixed(1)}%`;
const signed = (value: number) => `${value < 0 ? "" : "+"}${percent(value)}`;

/** The README's table of next searches, a line each; none where it was not measured. */
export function nextSearchTable(result: NextSearchResult | null): string[] {
	if (result === null) return [];
	const { tasks, protocol, machine, command, date } = result;
	return [
		`What is searched for next, where nothing was typed: share of cases with the answer among the first ${protocol.listed}. What is served against each row, relative, with the 95% interval by the bootstrap over visitors. The simulated shoppers' rules stand in \`bench/next-search/simulate.ts\`; RetailRocket is tested from ${protocol.retailRocketTestFrom} on, and where the same category again counts, what is served stands behind the last one:`,
		"",
		"| | among the first five | served against it |",
		"|---|---|---|",
		...(["queries", "changes", "all"] as const).flatMap((task) => [
			`| *${TITLES[task]}: ${tasks[task].cases.toLocaleString("en-US")} cases of ${tasks[task].people.toLocaleString("en-US")} visitors* | | |`,
			...tasks[task].rows.map(({ name, hit5, gain }) => {
				const against = gain === null ? "" : `${signed(gain.mean)} (${signed(gain.lower95)} to ${signed(gain.upper95)})`;
				return `| ${name === "served" ? "**as served**" : name} | ${percent(hit5)} | ${against} |`;
			}),
		]),
		"",
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}
