/** Candidates of one request with their features; made once and cleared after each request. */
export interface CandidateSet {
	readonly size: number;
	/** Row of each candidate; the first `size` count. */
	readonly rows: Int32Array;
	/** Row-major, shape [size, columns]. */
	readonly features: Float64Array;
	readonly columns: number;
	/** Place of a row, -1 where it is no candidate. */
	find(row: number): number;
	/** Place of a row, which becomes a candidate when it is none yet. */
	place(row: number): number;
	add(row: number, column: number, value: number): void;
	mapColumn(column: number, map: (value: number, row: number) => number): void;
	clear(): void;
}

/** Candidates for which there is room at first; it doubles when needed. */
const INITIAL_CAPACITY = 1024;
/** Rows up to which the place of each is kept, candidate or not: four bytes a row, and the quickest to ask. */
const DENSE_ROWS = 250_000;

/**
 * @param rowCount rows that may become candidates: 0 to rowCount - 1
 * @param columns  features of a candidate
 */
export function createCandidateSet(rowCount: number, columns: number): CandidateSet {
	/** Place + 1 of each row; 0 or none: not a candidate. */
	const dense = rowCount <= DENSE_ROWS ? new Int32Array(rowCount) : null;
	const sparse = new Map<number, number>();
	let rows = new Int32Array(INITIAL_CAPACITY);
	let features = new Float64Array(INITIAL_CAPACITY * columns);
	let size = 0;

	const find = (row: number): number => (dense === null ? (sparse.get(row) ?? 0) : (dense[row] as number)) - 1;

	function place(row: number): number {
		const known = find(row);
		if (known !== -1) return known;
		if (size === rows.length) {
			const wider = new Int32Array(size * 2);
			wider.set(rows);
			rows = wider;
			const more = new Float64Array(size * 2 * columns);
			more.set(features);
			features = more;
		}
		rows[size] = row;
		// A call of `fill` costs more than so few numbers.
		for (let at = size * columns; at < (size + 1) * columns; at++) features[at] = 0;
		size++;
		if (dense === null) sparse.set(row, size);
		else dense[row] = size;
		return size - 1;
	}

	return {
		columns,
		get size() {
			return size;
		},
		get rows() {
			return rows;
		},
		get features() {
			return features;
		},
		find,
		place,
		add(row, column, value) {
			const at = place(row) * columns + column;
			features[at] = (features[at] as number) + value;
		},
		mapColumn(column, map) {
			for (let at = 0; at < size; at++) {
				features[at * columns + column] = map(features[at * columns + column] as number, rows[at] as number);
			}
		},
		clear() {
			if (dense === null) sparse.clear();
			else for (let at = 0; at < size; at++) dense[rows[at] as number] = 0;
			size = 0;
		},
	};
}
