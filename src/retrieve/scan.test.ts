import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dotRow, quantise, scoreRow } from "./rows.ts";
import { scan } from "./scan.ts";
import { createTopRows } from "./top-rows.ts";

/** Tables of few distinct vectors and scales, so that equal scores abound. */
const table = fc.integer({ min: 1, max: 9 }).chain((dim) =>
	fc.record({
		dim: fc.constant(dim),
		rows: fc.array(
			fc.record({
				vector: fc.array(fc.constantFrom(-127, -1, 0, 1, 127), { minLength: dim, maxLength: dim }),
				scale: fc.constantFrom(0, 0.5, 1),
				masked: fc.boolean(),
			}),
			{ maxLength: 60 },
		),
		query: fc.array(fc.constantFrom(-1, -0.5, 0, 0.25, 1), { minLength: dim, maxLength: dim }),
		most: fc.integer({ min: 0, max: 12 }),
	}),
);

test("the scan finds what sorting all rows finds, ties to the lower row", () => {
	fc.assert(
		fc.property(table, ({ dim, rows, query, most }) => {
			const quantised = quantise(Float32Array.from(query));
			const items = {
				count: rows.length,
				dim,
				vectors: Int8Array.from(rows.flatMap(({ vector }) => vector)),
				scales: Float32Array.from(rows, ({ scale }) => scale),
			};
			const masked = Uint8Array.from(rows, (row) => Number(row.masked));
			const top = createTopRows(20);
			top.reset(most);
			scan(items, quantised, masked, top);
			const expected = rows
				.map((row, place) => {
					const dot = row.vector.reduce((sum: number, component, d) => sum + component * (quantised.values[d] as number), 0);
					return { row: place, score: dot * (row.scale * quantised.scale), masked: row.masked };
				})
				.filter((row) => !row.masked)
				.sort((a, b) => b.score - a.score || a.row - b.row)
				.slice(0, most);
			const found = top.sorted();
			expect([...found.rows]).toEqual(expected.map(({ row }) => row));
			// 0 and -0 are one score.
			expect(Array.from(found.scores, (score) => score + 0)).toEqual(expected.map(({ score }) => score + 0));
		}),
		{ numRuns: 500 },
	);
});

test("a score is the exact integer dot times both scales", () => {
	const rows = { count: 1, dim: 3, vectors: Int8Array.of(127, -127, 3), scales: Float32Array.of(0.5) };
	const query = quantise(Float32Array.of(2.54, -1.27, 0));
	// Scale 2.54 / 127 in float32's neighbourhood of 0.02; -1.27 / 0.02 + 0.5 = -63 and a bit less or more, floored.
	expect(query.scale).toBeCloseTo(0.02, 6);
	expect([...query.values]).toEqual([127, -63, 0]);
	expect(dotRow(rows, 0, query)).toBe(127 * 127 + 63 * 127);
	expect(scoreRow(rows, 0, query)).toBe((127 * 127 + 63 * 127) * (0.5 * query.scale));
});

test("a zero or broken query scores nothing", () => {
	expect(quantise(Float32Array.of(0, 0))).toEqual({ values: Int8Array.of(0, 0), scale: 0 });
	expect(quantise(Float32Array.of(Number.NaN, 1)).scale).toBe(0);
});
