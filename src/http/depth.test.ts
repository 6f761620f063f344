import { expect, test } from "vitest";
import { JSON_MAX_DEPTH, nestsTooDeep } from "./depth.ts";

const deep = (json: string, maxDepth?: number) => nestsTooDeep(new TextEncoder().encode(json), maxDepth);

test.each([
	['{"a":[{"b":1}]}', 3, false],
	['{"a":[{"b":1}]}', 2, true],
	['["[[[[","\\"[[[["]', 1, false],
	['["\\\\",[1]]', 1, true],
	["[],[],[],[]", 1, false],
	["", 0, false],
])("%s nests deeper than %d: %s", (json, maxDepth, expected) => {
	expect(deep(json, maxDepth)).toBe(expected);
});

test("the limit holds for a body of nothing but brackets", () => {
	expect(deep("[".repeat(JSON_MAX_DEPTH))).toBe(false);
	expect(deep("[".repeat(500_000))).toBe(true);
});
