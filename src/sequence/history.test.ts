import { expect, test } from "vitest";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { encodeHistory } from "./encode.ts";
import { knownHistory, type Vocabulary } from "./history.ts";

const ROWS: Record<string, number> = { a: 0, b: 1, c: 2 };
const vocabulary: Vocabulary = {
	rowOf: (id) => ROWS[id] ?? -1,
	vectorOf: (query) => (query === "red" ? Float32Array.of(9, 9) : null),
};
const view = (item: string, at?: number) => ({ item, event: "view" as const, ...(at !== undefined && { at }) });

test("unknown items and queries are left out and counted; the gap is that since the entry before, known or not", () => {
	const history = [
		view("a", 100),
		view("x", 100),
		{ query: "red", event: "view" as const, at: 107 },
		{ query: "zzz", event: "view" as const },
		view("b"),
	];
	const known = knownHistory({ history, item: null }, vocabulary, 200);
	expect(known.ignored).toBe(2);
	expect([...known.rows]).toEqual([0, 1]);
	expect(known.entries.map(({ row, query, kind, gap }) => [row, query, kind, gap])).toEqual([
		[0, null, 1, 0],
		[null, "red", 5, 3],
		[1, null, 1, 0],
	]);
});

test("the page's product is the newest entry, once", () => {
	expect([...knownHistory({ history: [view("a", 100)], item: "b" }, vocabulary, 107).rows]).toEqual([0, 1]);
	expect(knownHistory({ history: [view("a", 100)], item: "b" }, vocabulary, 107).entries.at(-1)?.gap).toBe(3);
	expect([...knownHistory({ history: [view("a"), view("b")], item: "b" }, vocabulary, 0).rows]).toEqual([0, 1]);
	expect(knownHistory({ history: [], item: "nobody" }, vocabulary, 0)).toMatchObject({ entries: [], ignored: 1 });
});

test("the encoder gets the newest entries, oldest first, the first without a gap", () => {
	const { entries } = knownHistory(
		{
			history: [
				view("a", 100),
				{ item: "b", event: "cart", at: 100 },
				{ query: "red", event: "search", at: 107 },
				{ item: "c", event: "purchase" },
			],
			item: null,
		},
		vocabulary,
		200,
	);
	const context = { ...UNKNOWN_CONTEXT, region: "EU", weekday: "sun" } as const;
	const input = encodeHistory(entries, 3, 2, context, (row, out, at) => out.set([row, row / 2], at));
	expect([...input.vectors]).toEqual([1, 0.5, 9, 9, 2, 1]);
	expect([...input.kinds]).toEqual([3, 5, 4]);
	expect([...input.gaps]).toEqual([0, 3, 0]);
	expect([...input.positions]).toEqual([2, 1, 0]);
	expect([...input.context]).toEqual([1, 0, 0, 7]);
});
