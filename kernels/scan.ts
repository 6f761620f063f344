import { blockRows, exactScore, scanBlock } from "./block";
import { dotRow, layOut } from "./dot";
import { planeBlockRows, Planes, scanPlanes, scorePlanes } from "./planes";
import { aim, MOST_ROWS, Query, queryAt } from "./query";
import { Rows } from "./rows";
import { keepBest, sort } from "./select";

/** Rows from all over the table that give a query its first bar, and rows side by side among them. */
const SAMPLE_ROWS: i32 = 2048;
const SAMPLE_RUN: i32 = 16;

/** @returns where the int8 values of query `place` are to be written */
export function valuesOf(place: i32): usize {
	return queryAt(place).values;
}

/** Sets what query `place` asks for: `most` rows, 1 to MOST_ROWS. Its values must be written before the scan. */
export function ask(place: i32, scale: f64, most: i32): void {
	const query = queryAt(place);
	query.scale = scale;
	query.most = most;
}

/** Rows that query `place` found. */
export function sizeOf(place: i32): i32 {
	return queryAt(place).size;
}

/** int32 rows of query `place`, best first: the higher score, of equal scores the lower row. */
export function rowsOf(place: i32): usize {
	return queryAt(place).rows;
}

/** float64 scores of query `place`, best first. */
export function scoresOf(place: i32): usize {
	return queryAt(place).scores;
}

/**
 * Exact scan for queries 0 to `queries - 1` in one pass over the rows.
 * @param rows address of `Rows`
 */
export function scan(rows: Rows, queries: i32): void {
	for (let place = 0; place < queries; place++) layOut(queryAt(place), rows.dim);
	sweep<Rows>(rows, queries, blockRows(rows.dim), scanBlock);
	for (let place = 0; place < queries; place++) {
		const query = queryAt(place);
		sort(query, 0, query.size - 1);
	}
}

/** For each row that a scan of planes is asked for, rows that it scores by all their bits; and the fewest of them. */
const CANDIDATES: i32 = 5;
const FEWEST: i32 = 512;

/**
 * Scan of planes for queries 0 to `queries - 1`: of the rows that are best by their upper bits the best by all bits.
 * @param rows address of `Planes`
 */
export function scanByPlanes(rows: Planes, queries: i32): void {
	const wanted = memory.data(4 * 4);
	for (let place = 0; place < queries; place++) {
		const query = queryAt(place);
		store<i32>(wanted + (<usize>place << 2), query.most);
		query.most = min(MOST_ROWS, max(CANDIDATES * query.most, FEWEST));
	}
	sweep<Planes>(rows, queries, planeBlockRows(rows.dim), scanPlanes);
	for (let place = 0; place < queries; place++) {
		const query = queryAt(place);
		scorePlanes(query, rows, query.size);
		query.most = load<i32>(wanted + (<usize>place << 2));
		keepBest(query);
		sort(query, 0, query.size - 1);
	}
}

/**
 * Scores the first `size` rows of query 0 by all their bits, in the order in which they were written there.
 * @param rows address of `Planes`
 */
export function scoreByPlanes(rows: Planes, size: i32): void {
	scorePlanes(queryAt(0), rows, size);
}

/** Leaves in each query the best rows of all blocks, in no order. */
function sweep<R extends Rows>(rows: R, queries: i32, step: i32, block: (query: Query, rows: R, from: i32, to: i32) => void): void {
	for (let place = 0; place < queries; place++) {
		const query = queryAt(place);
		aim(query, query.most, firstBar<R>(query, rows, block));
	}
	const count = rows.count;
	for (let from = 0; from < count; from += step) {
		const to = min(from + step, count);
		for (let place = 0; place < queries; place++) block(queryAt(place), rows, from, to);
	}
	for (let place = 0; place < queries; place++) finish<R>(queryAt(place), rows, step, block);
}

/**
 * A bar that the wanted rows probably exceed: that of a sample, at a rank that leaves room for its chance. Without it the
 * first rows of a table would all be held, and the bar would rise late.
 * @returns -Infinity where a sample tells nothing
 */
function firstBar<R extends Rows>(query: Query, rows: R, block: (query: Query, rows: R, from: i32, to: i32) => void): f64 {
	const most = query.most;
	const count = rows.count;
	const expected = (<f64>most * <f64>SAMPLE_ROWS) / <f64>count;
	const rank = <i32>Math.ceil(expected + 3 * Math.sqrt(expected) + 2);
	if (count < 4 * SAMPLE_ROWS || rank > SAMPLE_ROWS / 4) return -Infinity;
	aim(query, rank, -Infinity);
	const runs = SAMPLE_ROWS / SAMPLE_RUN;
	for (let run = 0; run < runs; run++) {
		const from = <i32>((<i64>run * <i64>(count - SAMPLE_RUN)) / (runs - 1));
		block(query, rows, from, from + SAMPLE_RUN);
	}
	const isEnough = query.size >= rank;
	keepBest(query);
	const bar = isEnough ? query.bar : -Infinity;
	query.most = most;
	return bar;
}

/**
 * Scores the first `size` rows of query 0, in the order in which they were written there.
 * @param rows address of `Rows`
 */
export function score(rows: Rows, size: i32): void {
	const query = queryAt(0);
	const dim = <usize>rows.dim;
	layOut(query, rows.dim);
	for (let place: usize = 0; place < <usize>size; place++) {
		const row = <usize>load<i32>(query.rows + (place << 2));
		store<f64>(query.scores + (place << 3), exactScore(query, rows, row, dotRow(query, rows.vectors + row * dim, dim)));
	}
}

function finish<R extends Rows>(query: Query, rows: R, step: i32, block: (query: Query, rows: R, from: i32, to: i32) => void): void {
	if (query.size < query.most && query.bar > -Infinity) {
		// The sample's bar was too high: without one nothing can be missed.
		aim(query, query.most, -Infinity);
		for (let from = 0; from < rows.count; from += step) block(query, rows, from, min(from + step, rows.count));
	}
	keepBest(query);
}
