/** A result of `diversity.ts`, as far as the README tells of it. */
export type DiversityResult = {
	readonly rows: readonly {
		readonly diversity: number;
		readonly novelty: number;
		readonly "ndcg@10": number;
		readonly againstNone: { readonly mean: number; readonly lower95: number; readonly upper95: number } | null;
		readonly alike: number;
		readonly categories: number | null;
		readonly "coverage@10": number;
		readonly popularity: number;
	}[];
	readonly protocol: { readonly data: string; readonly users: number };
	readonly machine: string;
	readonly date: string;
	readonly command: string;
};

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const signed = (share: number) => `${share < 0 ? "" : "+"}${percent(share)}`;

/** What diversity and novelty cost and bring. */
export function diversityTable(result: DiversityResult | null): string[] {
	if (result === null) return [];
	const { rows, protocol, machine, date, command } = result;
	return [
		`What \`diversity\` and \`novelty\` cost and bring, demo release, ${protocol.users.toLocaleString("en-US")} ${protocol.data}, through HTTP:`,
		"",
		"| diversity | novelty | NDCG@10 | against 0, 95% | mean cosine within a list | categories in a list | coverage@10 | less popular products than what is shown |",
		"|---|---|---|---|---|---|---|---|",
		...rows.map(({ diversity, novelty, againstNone, alike, categories, popularity, ...figures }) => {
			const against =
				againstNone === null ? "" : `${signed(againstNone.mean)} (${signed(againstNone.lower95)} to ${signed(againstNone.upper95)})`;
			return `| ${diversity} | ${novelty} | ${figures["ndcg@10"].toFixed(4)} | ${against} | ${alike.toFixed(3)} | ${categories?.toFixed(2) ?? ""} | ${percent(figures["coverage@10"])} | ${percent(popularity)} |`;
		}),
		"",
		`- ${machine}; ${date}: \`${command}\``,
		"",
	];
}
