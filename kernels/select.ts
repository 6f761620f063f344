import { Query, raise } from "./query";

/** Runs this short are sorted by insertion. */
const SHORT_RUN: i32 = 12;

@inline
function scoreAt(query: Query, place: i32): f64 {
	return load<f64>(query.scores + (<usize>place << 3));
}

@inline
function rowAt(query: Query, place: i32): i32 {
	return load<i32>(query.rows + (<usize>place << 2));
}

@inline
function put(query: Query, place: i32, score: f64, row: i32): void {
	store<f64>(query.scores + (<usize>place << 3), score);
	store<i32>(query.rows + (<usize>place << 2), row);
}

/** Whether the one is better than the other: the higher score, or the same and a lower row. Rows differ, so no two are equal. */
@inline
function isBetter(score: f64, row: i32, thanScore: f64, thanRow: i32): bool {
	// Without a branch: nobody could foresee it.
	return bool(i32(score > thanScore) | (i32(score == thanScore) & i32(row < thanRow)));
}

/**
 * Parts places `low` to `high` by the element at `pivot`, better ones to the front, without a branch on their order.
 * @returns the place where that element stands then
 * @see Lomuto's partition, in Bentley, "Programming Pearls", 2nd edition, column 11
 */
function part(query: Query, low: i32, high: i32, pivot: i32): i32 {
	const score = scoreAt(query, pivot);
	const row = rowAt(query, pivot);
	put(query, pivot, scoreAt(query, high), rowAt(query, high));
	let to = low;
	for (let place = low; place < high; place++) {
		const nextScore = scoreAt(query, place);
		const nextRow = rowAt(query, place);
		put(query, place, scoreAt(query, to), rowAt(query, to));
		put(query, to, nextScore, nextRow);
		to += i32(isBetter(nextScore, nextRow, score, row));
	}
	put(query, high, scoreAt(query, to), rowAt(query, to));
	put(query, to, score, row);
	return to;
}

/**
 * Keeps the best `most` of the rows held, when there are as many, and raises the bar to the worst of them.
 * @see Hoare, "Algorithm 65: Find", CACM 1961
 */
export function keepBest(query: Query): void {
	const most = query.most;
	if (query.size < most) return;
	const last = most - 1;
	let low = 0;
	let high = query.size - 1;
	for (;;) {
		const place = part(query, low, high, (low + high) >> 1);
		if (place == last) break;
		if (place < last) low = place + 1;
		else high = place - 1;
	}
	query.size = most;
	raise(query, scoreAt(query, last));
}

/** Sorts the places `low` to `high`, best first. */
export function sort(query: Query, low: i32, high: i32): void {
	while (high - low >= SHORT_RUN) {
		const place = part(query, low, high, (low + high) >> 1);
		// The shorter part first, the longer in this loop: the stack stays shallow.
		if (place - low < high - place) {
			sort(query, low, place - 1);
			low = place + 1;
		} else {
			sort(query, place + 1, high);
			high = place - 1;
		}
	}
	for (let place = low + 1; place <= high; place++) {
		const score = scoreAt(query, place);
		const row = rowAt(query, place);
		let to = place;
		while (to > low && isBetter(score, row, scoreAt(query, to - 1), rowAt(query, to - 1))) {
			put(query, to, scoreAt(query, to - 1), rowAt(query, to - 1));
			to--;
		}
		put(query, to, score, row);
	}
}
