import { tokensOf } from "./tokens.ts";

/** `text.bin` as it is read: word vectors, int8 with one scale each, and where each word stands. */
export type WordTable = {
	readonly dim: number;
	/** Row of each word. */
	readonly rowOf: ReadonlyMap<string, number>;
	/** Shape [V, dim]. */
	readonly vectors: Int8Array;
	/** Shape [V]. */
	readonly scales: Float32Array;
	/** Shape [V]. */
	readonly idf: Float32Array;
	/** Shape [dim]. */
	readonly bias: Float32Array;
};

/**
 * A text as a point in item space: bias + sum of idf_w * v_w / sqrt(sum of idf_w^2) over the distinct known words.
 * @returns float32, shape [dim]; null when no word is known
 */
export function textVector(table: WordTable, text: string): Float32Array | null {
	const rows = new Set<number>();
	for (const token of tokensOf(text)) {
		const row = table.rowOf.get(token);
		if (row !== undefined) rows.add(row);
	}
	let squares = 0;
	for (const row of rows) squares += (table.idf[row] as number) ** 2;
	if (!(squares > 0)) return null;
	const sums = new Float64Array(table.dim);
	for (const row of rows) {
		const weight = ((table.idf[row] as number) / Math.sqrt(squares)) * (table.scales[row] as number);
		for (let d = 0; d < table.dim; d++) sums[d] = (sums[d] as number) + weight * (table.vectors[row * table.dim + d] as number);
	}
	return Float32Array.from(sums, (sum, d) => sum + (table.bias[d] as number));
}

/**
 * What may be repeated of a query: its words that the catalogue uses too. Overlapping bigrams are joined again.
 * @returns "" when no word is known
 */
export function knownWords(table: WordTable, text: string): string {
	let shown = "";
	let last = "";
	for (const token of tokensOf(text)) {
		if (!table.rowOf.has(token)) {
			last = "";
			continue;
		}
		const overlaps = last !== "" && [...token].length === 2 && last.endsWith([...token][0] as string) && !/[a-z0-9]/.test(token);
		shown += overlaps ? [...token][1] : shown === "" ? token : ` ${token}`;
		last = token;
	}
	return shown;
}
