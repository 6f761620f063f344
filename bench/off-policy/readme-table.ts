/** A result of `off-policy.ts`, as far as the README tells of it. */
type Figures = { readonly coverage: number; readonly bias: number; readonly deviation: number };
type Size = {
	readonly visitors: number;
	readonly effective: number;
	readonly refused: number;
	readonly ips: Figures;
	readonly snips: Figures;
	readonly dr: Figures;
	readonly drVarianceOfIps: number;
	readonly naiveBias: number;
};
export type OffPolicyResult = {
	readonly sizes: readonly Size[];
	readonly wrongPropensities: Size;
	readonly protocol: { readonly logs: number };
	readonly machine: string;
	readonly command: string;
	readonly date: string;
};

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const signed = (share: number) => `${share < 0 ? "" : "+"}${percent(share)}`;

/** What `edgeshelf estimate` says where the truth is known. */
export function offPolicyTable(result: OffPolicyResult | null): string[] {
	if (result === null) return [];
	const { sizes, wrongPropensities, protocol, machine, command, date } = result;
	const told = ({ coverage, bias, deviation }: Figures) => `${percent(coverage)} / ${signed(bias)} / ${percent(deviation)}`;
	const rows = [
		...sizes.map((size) => [`${size.visitors.toLocaleString("en-US")} visitor-days`, size] as const),
		[`${wrongPropensities.visitors.toLocaleString("en-US")}, read as if half as many answers had been drawn`, wrongPropensities] as const,
	];
	return [
		`A candidate's click rate estimated from the log of a policy that draws one answer in ten, over ${protocol.logs} simulated logs whose truth is known: how often the 95% interval holds the truth / bias / standard deviation, both relative to the truth.`,
		"",
		"| log | inverse propensity | the same, normalised | doubly robust | visitor-days it weighs as much as | refused |",
		"|---|---|---|---|---|---|",
		...rows.map(
			([name, size]) =>
				`| ${name} | ${told(size.ips)} | ${told(size.snips)} | ${told(size.dr)} | ${size.effective.toFixed(0)} | ${percent(size.refused)} |`,
		),
		"",
		...sizes
			.slice(-1)
			.map(
				({ drVarianceOfIps, naiveBias }) =>
					`- Doubly robust has ${drVarianceOfIps.toFixed(2)} of inverse propensity's variance. To take the click rate of what the candidate would have shown as it is misses by ${signed(naiveBias)}. ${machine}; ${date.slice(0, 10)}: \`${command}\``,
			),
		"",
	];
}
