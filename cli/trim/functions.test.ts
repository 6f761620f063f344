import { expect, test } from "vitest";
import { readFlags, withFlags, withoutUnused } from "./functions.ts";
import { stretchesOf } from "./instructions.ts";

/** One function type, i32 to i32; two functions, exported as "a" and "b". */
const moduleOf = (a: readonly number[], b: readonly number[]): Uint8Array<ArrayBuffer> =>
	Uint8Array.from([
		...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
		...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
		...section(3, [2, 0, 0]),
		...section(6, [1, 0x7f, 0x01, 0x41, 7, 0x0b]), // A global of its own: 7.
		...section(7, [2, 1, 0x61, 0, 0, 1, 0x62, 0, 1]),
		...section(10, [2, a.length, ...a, b.length, ...b]),
	]);
const section = (id: number, content: readonly number[]) => [id, content.length, ...content];

/** x + the global, with a local that is not used. */
const ADD_SEVEN = [1, 1, 0x7f, 0x20, 0, 0x23, 0, 0x6a, 0x0b];
/** if (x) 10 else 20; then + 1. */
const CHOOSE = [0, 0x20, 0, 0x04, 0x7f, 0x41, 10, 0x05, 0x41, 20, 0x0b, 0x41, 1, 0x6a, 0x0b];
/** block { if (x) leave; x = 5 }; x. */
const LEAVE = [0, 0x02, 0x40, 0x20, 0, 0x0d, 0, 0x41, 5, 0x21, 0, 0x0b, 0x20, 0, 0x0b];

type Functions = Record<"a" | "b", (x: number) => number>;
const instantiate = (wasm: Uint8Array<ArrayBuffer>) => new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;

/** The module trimmed to what `run` enters of it. */
function trimmedTo(wasm: Uint8Array<ArrayBuffer>, largeBytes: number, run: (functions: Functions) => void): Functions {
	const watched = instantiate(withFlags(wasm, largeBytes));
	run(watched as unknown as Functions);
	return instantiate(withoutUnused(wasm, [readFlags(watched)], largeBytes).wasm) as unknown as Functions;
}

test("a function that ran stays as it is, and one that did not traps", () => {
	const { a, b } = trimmedTo(moduleOf(ADD_SEVEN, CHOOSE), 1000, (functions) => functions.a(1));
	expect(a(35)).toBe(42);
	expect(() => b(1)).toThrow(WebAssembly.RuntimeError);
});

test("noting what runs changes no answer", () => {
	const { a, b } = instantiate(withFlags(moduleOf(CHOOSE, LEAVE), 1)) as unknown as Functions;
	expect([a(1), a(0), b(3), b(0)]).toEqual([11, 21, 3, 5]);
});

test("of a large function only the branches that ran stay", () => {
	const { a, b } = trimmedTo(moduleOf(CHOOSE, LEAVE), 1, (functions) => {
		functions.a(1);
		functions.b(3);
	});
	expect([a(1), b(3)]).toEqual([11, 3]);
	expect(() => a(0)).toThrow(WebAssembly.RuntimeError);
	expect(() => b(0)).toThrow(WebAssembly.RuntimeError);
});

test("a stretch reaches from where a branch may enter to the end of its construct", () => {
	// The whole; the branch not taken; what follows the block.
	expect(stretchesOf(Uint8Array.from(LEAVE), 1)).toEqual([
		{ from: 1, to: 14 },
		{ from: 7, to: 11 },
		{ from: 12, to: 14 },
	]);
});

test("a module that imports a global is refused, since its indices would shift", () => {
	const wasm = Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(2, [1, 1, 0x6d, 1, 0x67, 3, 0x7f, 0])]);
	expect(() => withFlags(wasm)).toThrow("imports globals");
});
