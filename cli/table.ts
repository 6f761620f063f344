/** Rows as columns of equal width, two spaces apart; numbers to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
	const all = [header, ...rows];
	const widths = header.map((_, column) => Math.max(...all.map((row) => String(row[column] ?? "").length)));
	return all
		.map((row) =>
			row
				.map((cell, column) =>
					typeof cell === "number" ? String(cell).padStart(widths[column] ?? 0) : String(cell).padEnd(widths[column] ?? 0),
				)
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

/** Seconds since 1970 as "2026-11-24 07:15". */
export const formatTime = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
