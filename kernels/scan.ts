import { blockRows, exactScore, scanBlock } from "./block";
import { dotRow, layOut } from "./dot";
import { aim, Query, queryAt } from "./query";
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
	for (let place = 0; place < queries; place++) {
		const query = queryAt(place);
		layOut(query, rows.dim);
		aim(query, query.most, firstBar(query, rows));
	}
	const count = rows.count;
	const step = blockRows(rows.dim);
	for (let from = 0; from < count; from += step) {
		const to = min(from + step, count);
		for (let place = 0; place < queries; place++) scanBlock(queryAt(place), rows, from, to);
	}
	for (let place = 0; place < queries; place++) finish(queryAt(place), rows);
}

/**
 * A bar that the wanted rows probably exceed: that of a sample, at a rank that leaves room for its chance. Without it the
 * first rows of a table would all be held, and the bar would rise late.
 * @returns -Infinity where a sample tells nothing
 */
function firstBar(query: Query, rows: Rows): f64 {
	const most = query.most;
	const count = rows.count;
	const expected = (<f64>most * <f64>SAMPLE_ROWS) / <f64>count;
	const rank = <i32>Math.ceil(expected + 3 * Math.sqrt(expected) + 2);
	if (count < 4 * SAMPLE_ROWS || rank > SAMPLE_ROWS / 4) return -Infinity;
	aim(query, rank, -Infinity);
	const runs = SAMPLE_ROWS / SAMPLE_RUN;
	for (let run = 0; run < runs; run++) {
		const from = <i32>((<i64>run * <i64>(count - SAMPLE_RUN)) / (runs - 1));
		scanBlock(query, rows, from, from + SAMPLE_RUN);
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

function finish(query: Query, rows: Rows): void {
	if (query.size < query.most && query.bar > -Infinity) {
		// The sample's bar was too high: without one nothing can be missed.
		aim(query, query.most, -Infinity);
		const step = blockRows(rows.dim);
		for (let from = 0; from < rows.count; from += step) scanBlock(query, rows, from, min(from + step, rows.count));
	}
	keepBest(query);
	sort(query, 0, query.size - 1);
}
