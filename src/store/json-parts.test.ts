import { expect, test } from "vitest";
import { jsonParts } from "./json-parts.ts";

test("splits by bytes, not characters, and says where each part begins", () => {
	// "漢" is 3 bytes, with quotes 5, with its comma 6.
	expect(jsonParts(["漢", "漢", "漢", "a"], 12)).toEqual([
		{ json: '["漢","漢"]', offset: 0 },
		{ json: '["漢","a"]', offset: 2 },
	]);
	expect(jsonParts([])).toEqual([]);
	expect(jsonParts(["longer than the limit", 1], 5)).toEqual([
		{ json: '["longer than the limit"]', offset: 0 },
		{ json: "[1]", offset: 1 },
	]);
});
