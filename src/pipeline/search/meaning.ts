import type { SearchIndex } from "../../text/search-index.ts";
import { textVector, type WordTable } from "../../text/text-vector.ts";

/** Likeness of meaning between a query and products, by one table of word vectors. */
export interface Meaning {
	/** Cosine between the query and a product's title, brand and category, 0 where either has no known word. */
	likeness(index: SearchIndex, row: number): number;
}

/** What is the same for every query. */
type Prepared = {
	/** Row in the table of each term, -1 none. */
	readonly rows: Int32Array;
	/** Length of each product's vector; NaN until it is first asked for, 0 where no word is known. */
	readonly lengths: Float32Array;
};
const preparedByTable = new WeakMap<WordTable, WeakMap<SearchIndex, Prepared>>();

function prepare(table: WordTable, index: SearchIndex): Prepared {
	const byIndex = preparedByTable.get(table) ?? new WeakMap<SearchIndex, Prepared>();
	preparedByTable.set(table, byIndex);
	const known = byIndex.get(index);
	if (known !== undefined) return known;
	const { vocabulary, count } = index;
	// The table knows words as they are written, not stems.
	const rows = Int32Array.from({ length: vocabulary.size }, (_, id) => table.rowOf.get(vocabulary.surfaceOf(id)) ?? -1);
	const made = { rows, lengths: new Float32Array(count).fill(Number.NaN) };
	byIndex.set(index, made);
	return made;
}

/**
 * A product's vector is that of `textVector` over the terms that name it. Its product with the query's is the sum of its
 * words' products, each of which is worked out once a query; its length, once.
 * @returns null where the table knows no word of the query
 */
export function meaningOf(table: WordTable, query: string): Meaning | null {
	const { dim, vectors, scales, idf, bias } = table;
	const wanted = textVector(table, query);
	if (wanted === null) return null;
	const length = Math.hypot(...wanted);
	if (length === 0) return null;
	const products = new Float32Array(scales.length).fill(Number.NaN);
	const biasProduct = bias.reduce((sum, value, d) => sum + value * (wanted[d] as number), 0);

	const productOf = (word: number): number => {
		const known = products[word] as number;
		if (!Number.isNaN(known)) return known;
		let sum = 0;
		for (let d = 0, v = word * dim; d < dim; d++, v++) sum += (vectors[v] as number) * (wanted[d] as number);
		const product = sum * (scales[word] as number) * (idf[word] as number);
		products[word] = product;
		return product;
	};

	return {
		likeness(index, row) {
			const { rows, lengths } = prepare(table, index);
			if (Number.isNaN(lengths[row])) lengths[row] = lengthOf(table, index, row, rows);
			const own = lengths[row] as number;
			if (own === 0) return 0;
			let sum = 0;
			let squares = 0;
			for (let at = index.namedStarts[row] as number; at < (index.namedStarts[row + 1] as number); at++) {
				const word = rows[index.named[at] as number] as number;
				if (word === -1) continue;
				squares += (idf[word] as number) ** 2;
				sum += productOf(word);
			}
			return (sum / Math.sqrt(squares) + biasProduct) / (own * length);
		},
	};
}

function lengthOf({ dim, vectors, scales, idf, bias }: WordTable, index: SearchIndex, row: number, rows: Int32Array): number {
	const sum = new Float64Array(dim);
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
	return Math.hypot(...sum.map((value, d) => value / Math.sqrt(squares) + (bias[d] as number)));
}
