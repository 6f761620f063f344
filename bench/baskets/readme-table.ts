import type { Interval } from "../relative-gain.ts";
import type { BasketRow, BasketsResult } from "./result.ts";

const TITLES = { next: "next basket", completion: "missing item of a cart" } as const;
const four = (value: number) => value.toFixed(4);
const percent = (value: number) => `${value < 0 ? "" : "+"}${(value * 100).toFixed(1)}%`;
const interval = ({ mean, lower95, upper95 }: Interval) => `${percent(mean)} (${percent(lower95)} to ${percent(upper95)})`;
const nameOf = ({ name, setting }: BasketRow) => {
	if (setting === null) return "**shelves as served**";
	const told = Object.entries(setting).map(([key, value]) => `${key} ${value}`);
	return `${name} (${told.join(", ")})`;
};

/** The README's table of baskets, a line each; none where it was not measured. */
export function basketsTable(result: BasketsResult | null): string[] {
	if (result === null) return [];
	const { protocol, tasks, machine, command, date } = result;
	return [
		`Baskets of Online Retail, tested from ${protocol.testFrom} on, by tables and weights of what came before; baselines' settings are the best of the weeks from ${protocol.validationFrom} on. What is served against each, relative, with the 95% interval by the bootstrap over customers:`,
		"",
		"| | Recall@10 | NDCG@10 | Recall@10, served against it | NDCG@10, served against it |",
		"|---|---|---|---|---|",
		...(["next", "completion"] as const).flatMap((task) => [
			`| *${TITLES[task]}, ${tasks[task].cases.toLocaleString("en-US")} orders of ${tasks[task].customers.toLocaleString("en-US")} customers* | | | | |`,
			...tasks[task].rows.map((row) => {
				const gains = row.gain === null ? ["", ""] : [interval(row.gain.recall), interval(row.gain.ndcg)];
				return `| ${[nameOf(row), four(row.recall), four(row.ndcg), ...gains].join(" | ")} |`;
			}),
		]),
		"",
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}
