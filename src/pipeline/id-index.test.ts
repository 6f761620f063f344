import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createIdIndex } from "./id-index.ts";

function indexOf(ids: readonly string[]) {
	const encoded = ids.map((id) => new TextEncoder().encode(id));
	const offsets = new Uint32Array(ids.length + 1);
	for (const [row, { byteLength }] of encoded.entries()) offsets[row + 1] = (offsets[row] as number) + byteLength;
	return createIdIndex(offsets, Uint8Array.from(encoded.flatMap((bytes) => [...bytes])));
}

test("each id leads to its row and back, in any script; others lead nowhere", () => {
	const id = fc.oneof(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), fc.constantFrom("口红", "口", "红", "a", "aa", "aaa"));
	fc.assert(
		fc.property(fc.uniqueArray(id, { maxLength: 80 }), fc.string(), (ids, other) => {
			const index = indexOf(ids);
			expect(ids.map((known) => index?.rowOf(known))).toEqual(ids.map((_, row) => row));
			expect(ids.map((_, row) => index?.idOf(row))).toEqual(ids);
			if (!ids.includes(other)) expect(index?.rowOf(other)).toBe(-1);
		}),
	);
});

test("two rows of one id are refused, and an id too long to exist is not known", () => {
	expect(indexOf(["a", "b", "a"])).toBeNull();
	expect(indexOf(["a"])?.rowOf("a".repeat(1000))).toBe(-1);
});
