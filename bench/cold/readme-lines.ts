type Spread = { readonly median: number | null; readonly worst: number | null };
export type ColdResult = {
	readonly starts: number;
	readonly rows: readonly { readonly variant: string; readonly first: Spread; readonly personal: Spread; readonly during: Spread }[];
};

/** Variant of the results that is no Worker of ours. */
const LEAST = "a Worker that asks the rate limit and the database once";

const cell = ({ median, worst }: Spread): string => `${median?.toFixed(0) ?? ""} / ${worst?.toFixed(0) ?? ""}`;

/** The README's line of the cold starts of what is shipped, the last variant; none where they were not measured. */
export function coldLine(result: ColdResult | null): string[] {
	const shipped = result?.rows.at(-1);
	if (result === null || shipped === undefined) return [];
	const { first, personal, during } = shipped;
	const least = result.rows[0];
	const floor =
		least?.variant === LEAST ? `; first answer of a Worker that asks the rate limit and the database once ${cell(least.first)}` : "";
	return [
		`- Cold workerd, ms from the first request, median / worst of ${result.starts} starts: first answer ${cell(first)}, first \`personal\` one ${cell(personal)}, an answer asked for meanwhile ${cell(during)}${floor}: \`npx node bench/cold.ts --starts ${result.starts} --name cold\``,
	];
}
