import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readUnsigned, signed, unsigned } from "./leb128.ts";

test("numbers of the specification's examples have its bytes", () => {
	expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
	expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
	expect(signed(64)).toEqual([0xc0, 0x00]);
});

test("an unsigned number is read as it was written, and the next one begins behind it", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
			const bytes = unsigned(value);
			expect(readUnsigned(Uint8Array.from([9, ...bytes, 7]), 1)).toEqual([value, 1 + bytes.length]);
		}),
	);
});

test("a number that never ends is refused", () => {
	expect(() => readUnsigned(Uint8Array.of(0x80, 0x80), 0)).toThrow("LEB128");
	expect(() => readUnsigned(new Uint8Array(9).fill(0x80), 0)).toThrow("LEB128");
});
