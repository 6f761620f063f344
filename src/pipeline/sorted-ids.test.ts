import * as fc from "fast-check";
import { expect, test } from "vitest";
import { refusing } from "./esb1.ts";
import { createSortedIds } from "./sorted-ids.ts";

/** @param step bytes that come at once */
function indexOf(ids: readonly string[], step = 7) {
	const encoded = ids.map((id) => new TextEncoder().encode(id));
	const offsets = new Uint32Array(ids.length + 1);
	for (const [row, { byteLength }] of encoded.entries()) offsets[row + 1] = (offsets[row] as number) + byteLength;
	const bytes = Uint8Array.from(encoded.flatMap((each) => [...each]));
	return refusing(() => {
		const builder = createSortedIds(offsets);
		for (let at = 0; at < bytes.length; at += step) builder.add(bytes.subarray(at, at + step));
		return builder.finish();
	});
}
const hex = (id: string) => Array.from(new TextEncoder().encode(id), (byte) => byte.toString(16).padStart(2, "0")).join("");
const byBytes = (a: string, b: string) => (hex(a) < hex(b) ? -1 : 1);

test("each id leads to its row and back, in any script and however its bytes come; others lead nowhere", () => {
	const id = fc.oneof(
		fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed()),
		fc.constantFrom("口红", "口", "红", "a", "aa", "aaa", "x".repeat(128)),
		fc.nat({ max: 99 }).map((n) => `product-${n}`),
	);
	fc.assert(
		fc.property(fc.uniqueArray(id, { maxLength: 80 }), fc.string(), fc.integer({ min: 1, max: 40 }), (some, other, step) => {
			const ids = some.toSorted(byBytes);
			const index = indexOf(ids, step);
			if (!index.ok) throw new Error(index.error);
			expect(ids.map((known) => index.value.rowOf(known))).toEqual(ids.map((_, row) => row));
			expect(ids.map((_, row) => index.value.idOf(row))).toEqual(ids);
			if (!ids.includes(other)) expect(index.value.rowOf(other)).toBe(-1);
		}),
	);
});

test("more ids than a piece holds are all found, in about the bytes that they add to one another", () => {
	const ids = Array.from({ length: 40_000 }, (_, n) => `catalogue/item/${String(n).padStart(7, "0")}`);
	const index = indexOf(ids, 4096);
	if (!index.ok) throw new Error(index.error);
	for (const row of [0, 1, 15, 16, 17, 12_345, 39_999]) {
		expect(index.value.rowOf(ids[row] as string)).toBe(row);
		expect(index.value.idOf(row)).toBe(ids[row]);
	}
	for (const id of ["", "a", "catalogue/item/", "catalogue/item/0000000x", "catalogue/item/0040000", "z".repeat(1000)])
		expect(index.value.rowOf(id)).toBe(-1);
});

test.each([
	["out of order", ["b", "a"]],
	["twice", ["a", "a"]],
	["of no bytes", ["", "a"]],
	["of too many bytes", ["x".repeat(385)]],
])("ids %s are refused", (_, ids) => {
	expect(indexOf(ids).ok).toBe(false);
});
