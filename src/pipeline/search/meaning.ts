import type { SearchIndex } from "../../text/search-index.ts";
import { textVector, type WordTable } from "../../text/text-vector.ts";

/** Likeness of meaning between a query and products, by one table of word vectors. */
export interface Meaning {
	/** Cosine between the query and a product's title, brand and category, 0 where either has no known word. */
	likeness(index: SearchIndex, row: number): number;
}

/** Row in the table of each term of an index, -1 none; made when a pair of the two is first used. */
const rowsByTable = new WeakMap<WordTable, WeakMap<SearchIndex, Int32Array>>();

function tableRows(table: WordTable, index: SearchIndex): Int32Array {
	const byIndex = rowsByTable.get(table) ?? new WeakMap<SearchIndex, Int32Array>();
	rowsByTable.set(table, byIndex);
	const known = byIndex.get(index);
	if (known !== undefined) return known;
	const { vocabulary } = index;
	// The table knows words as they are written, not stems.
	const rows = Int32Array.from({ length: vocabulary.size }, (_, id) => table.rowOf.get(vocabulary.surfaceOf(id)) ?? -1);
	byIndex.set(index, rows);
	return rows;
}

/** @returns null where the table knows no word of the query */
export function meaningOf(table: WordTable, query: string): Meaning | null {
	const { dim, vectors, scales, idf, bias } = table;
	const wanted = textVector(table, query);
	if (wanted === null) return null;
	const length = Math.hypot(...wanted);
	if (length === 0) return null;
	const sum = new Float64Array(dim);
	return {
		likeness(index, row) {
			const rows = tableRows(table, index);
			sum.fill(0);
			let squares = 0;
			for (let at = index.namedStarts[row] as number; at < (index.namedStarts[row + 1] as number); at++) {
				const word = rows[index.named[at] as number] as number;
				if (word === -1) continue;
				const weight = idf[word] as number;
				squares += weight * weight;
				const factor = weight * (scales[word] as number);
				for (let d = 0, v = word * dim; d < dim; d++, v++) sum[d] = (sum[d] as number) + factor * (vectors[v] as number);
			}
			if (squares === 0) return 0;
			const norm = 1 / Math.sqrt(squares);
			let dot = 0;
			let own = 0;
			for (let d = 0; d < dim; d++) {
				const value = (sum[d] as number) * norm + (bias[d] as number);
				dot += value * (wanted[d] as number);
				own += value * value;
			}
			return own === 0 ? 0 : dot / (Math.sqrt(own) * length);
		},
	};
}
