/** A result of `off-policy.ts`, as far as the README tells of it. */
type Figures = { readonly coverage: number; readonly bias: number; readonly deviation: number };
type Row = {
	readonly visitors: number;
	readonly effect: "any" | "scales";
	readonly chances: "as they were" | "wrong";
	readonly logs: number;
	readonly effective: number;
	readonly refused: number;
	readonly ips: Figures;
	readonly snips: Figures;
	readonly dr: Figures;
	readonly drVarianceOfIps: number;
	readonly naiveBias: number;
};
export type OffPolicyResult = {
	readonly rows: readonly Row[];
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const signed = (share: number) => `${share < 0 ? "" : "+"}${percent(share)}`;

/** What `edgeshelf estimate` says where the truth is known. */
export function offPolicyTable(result: OffPolicyResult | null): string[] {
	if (result === null) return [];
	const { rows, machine, command, date } = result;
	const told = ({ coverage, bias, deviation }: Figures) => `${percent(coverage)} / ${signed(bias)} / ${percent(deviation)}`;
	const nameOf = ({ visitors, chances }: Row) =>
		`${visitors.toLocaleString("en-US")}${chances === "wrong" ? ", read as if half as many answers had been drawn" : ""}`;
	const ordered = [...rows.filter(({ chances }) => chances !== "wrong"), ...rows.filter(({ chances }) => chances === "wrong")];
	const main = rows.findLast(({ effect, chances }) => effect === "any" && chances !== "wrong");
	return [
		`A candidate's click rate estimated from the log of a policy that draws one answer in ten, over simulated logs whose truth is known: how often the 95% interval holds the truth / bias / standard deviation, both relative to the truth. \`--places scales\` takes a place to multiply every product's rewards by the same factor, as it does here.`,
		"",
		"| visitor-days | logs | --places | inverse propensity | the same, normalised | doubly robust | visitor-days it weighs as much as | refused |",
		"|---|---|---|---|---|---|---|---|",
		...ordered.map(
			(row) =>
				`| ${nameOf(row)} | ${row.logs} | ${row.effect} | ${told(row.ips)} | ${told(row.snips)} | ${told(row.dr)} | ${row.effective.toFixed(0)} | ${percent(row.refused)} |`,
		),
		"",
		...(main === undefined
			? []
			: [
					`- Doubly robust has ${main.drVarianceOfIps.toFixed(2)} of inverse propensity's variance. To take the click rate of what the candidate would have shown as it is misses by ${signed(main.naiveBias)}. ${machine}; ${date.slice(0, 10)}: \`${command}\``,
				]),
		"",
	];
}
