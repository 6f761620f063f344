/** The best rows so far. Better is the higher score; of equal scores the lower row. */
export interface TopRows {
	readonly size: number;
	/** Score that a later row must exceed; -Infinity while there is room. */
	readonly bar: number;
	offer(row: number, score: number): void;
	/** Empties it for at most `most` rows. */
	reset(most: number): void;
	/** Best first. */
	sorted(): { readonly rows: Int32Array; readonly scores: Float64Array };
}

/**
 * A binary heap of at most `capacity` rows with the worst on top, in typed arrays, so that a scan allocates nothing.
 * @param capacity most rows that `reset` may ask for
 */
export function createTopRows(capacity: number): TopRows {
	const rows = new Int32Array(capacity);
	const scores = new Float64Array(capacity);
	let most = capacity;
	let size = 0;

	const isWorse = (a: number, b: number): boolean => {
		const difference = (scores[a] as number) - (scores[b] as number);
		return difference < 0 || (difference === 0 && (rows[a] as number) > (rows[b] as number));
	};
	const swap = (a: number, b: number): void => {
		const row = rows[a] as number;
		const score = scores[a] as number;
		rows[a] = rows[b] as number;
		scores[a] = scores[b] as number;
		rows[b] = row;
		scores[b] = score;
	};
	const siftDown = (length: number): void => {
		for (let at = 0; ; ) {
			const left = 2 * at + 1;
			if (left >= length) return;
			const child = left + 1 < length && isWorse(left + 1, left) ? left + 1 : left;
			if (!isWorse(child, at)) return;
			swap(child, at);
			at = child;
		}
	};

	return {
		get size() {
			return size;
		},
		get bar() {
			return most === 0 ? Number.POSITIVE_INFINITY : size < most ? Number.NEGATIVE_INFINITY : (scores[0] as number);
		},
		reset(wanted) {
			most = Math.min(wanted, capacity);
			size = 0;
		},
		offer(row, score) {
			if (size < most) {
				let at = size++;
				rows[at] = row;
				scores[at] = score;
				while (at > 0 && isWorse(at, (at - 1) >> 1)) {
					swap(at, (at - 1) >> 1);
					at = (at - 1) >> 1;
				}
			} else if (most > 0 && (score > (scores[0] as number) || (score === scores[0] && row < (rows[0] as number)))) {
				rows[0] = row;
				scores[0] = score;
				siftDown(size);
			}
		},
		sorted() {
			// Heap sort in place: the worst goes to the end, which leaves the best in front.
			for (let end = size - 1; end > 0; end--) {
				swap(0, end);
				siftDown(end);
			}
			const found = { rows: rows.slice(0, size), scores: scores.slice(0, size) };
			size = 0;
			return found;
		},
	};
}
