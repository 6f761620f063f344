import type { ServeResult } from "./result.ts";

/** Widths and heights in pixels. */
const WIDTH = 720;
const BAR = 18;
const GAP = 8;
const LABEL = 210;
const VALUE = 120;
/** Kinds of request in words. */
export const KIND_TITLES: Readonly<Record<string, string>> = {
	empty: "empty JSON route",
	drawn: "recommendation",
	long: "recommendation, 50 entries",
	public: "public GET, another item each",
	publicShared: "public GET, one for all",
};

/** Time at the client for one request at a time, p50 in full and p99 in outline, as bars; one block a catalogue size. */
export function plot({ catalogues }: ServeResult): string {
	const alone = catalogues.map(({ items, rows }) => ({ items, rows: rows.filter(({ connections }) => connections === 1) }));
	const most = Math.max(...alone.flatMap(({ rows }) => rows.map(({ wallMs }) => wallMs.p99 ?? 0)));
	const scale = (milliseconds: number | null) => (((milliseconds ?? 0) / most) * (WIDTH - LABEL - VALUE)).toFixed(1);
	const parts: string[] = [];
	let y = 20;
	for (const { items, rows } of alone) {
		parts.push(
			`<text x="8" y="${y}" font-weight="bold">${items.toLocaleString("en-US")} items, milliseconds at the client (p50, p99)</text>`,
		);
		y += GAP;
		for (const { name, wallMs } of rows) {
			parts.push(
				`<text x="8" y="${y + BAR - 5}">${KIND_TITLES[name] ?? name}</text>`,
				`<rect x="${LABEL}" y="${y}" width="${scale(wallMs.p50)}" height="${BAR}" fill="#3567b0"/>`,
				`<rect x="${LABEL}" y="${y}" width="${scale(wallMs.p99)}" height="${BAR}" fill="none" stroke="#3567b0"/>`,
				`<text x="${WIDTH - VALUE + 8}" y="${y + BAR - 5}">${wallMs.p50?.toFixed(2)} / ${wallMs.p99?.toFixed(2)}</text>`,
			);
			y += BAR + GAP;
		}
		y += 2 * GAP;
	}
	const style = `font-family="sans-serif" font-size="13" fill="#333"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" ${style}>
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}
