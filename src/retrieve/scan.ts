import { dotRow, type QuantisedQuery, type QuantisedRows } from "./rows.ts";
import type { TopRows } from "./top-rows.ts";

/**
 * Exact scan of all rows that are not masked: the reference against which faster kernels are tested.
 * @param first  number of the table's first row among all rows; row r of the table is offered as `first + r`
 * @param masked shape [first + count] or longer; 1: the row may not be shown
 * @param into   takes the rows; scores as `scoreRow`, float64
 */
export function scan(rows: QuantisedRows, first: number, query: QuantisedQuery, masked: Uint8Array, into: TopRows): void {
	const { count, scales } = rows;
	let bar = into.bar;
	for (let row = 0; row < count; row++) {
		if (masked[first + row] === 1) continue;
		const score = dotRow(rows, row, query) * ((scales[row] as number) * query.scale);
		// Rows come in ascending order: an equal score is no better than what is held.
		if (score > bar) {
			into.offer(first + row, score);
			bar = into.bar;
		}
	}
}
