import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import { readFlags, withFlags, withoutUnused } from "./functions.ts";
import { runCases } from "./run-cases.ts";

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const WASM = new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))));
/** Operators of its own, with which the runtime is trimmed here; then what a shop ships lies outside the profile. */
const PROFILED = read("../../test/fixtures/tiny-encoder.onnx");
const OUTSIDE = read("../../src/runtime/boot-encoder.bin");

const INPUT = {
	vectors: Float32Array.of(1, 2, 3, 4, 3, 4, 5, 6),
	kinds: new Int32Array(2),
	gaps: new Int32Array(2),
	positions: Int32Array.of(1, 0),
	context: new Int32Array(4),
};
const MEAN = Float32Array.of(2, 3, 4, 5);

test("a model that traps is refused for good, and the ones beside it are told so and load anew", { timeout: 60_000 }, async () => {
	const instances: WebAssembly.Exports[] = [];
	const cases = [{ name: "profiled", model: PROFILED, inputs: [INPUT, INPUT] }];
	await runCases(new WebAssembly.Module(withFlags(WASM)), cases, (exports) => instances.push(exports));
	const makeEncoder = createOnnxEncoders(new WebAssembly.Module(withoutUnused(WASM, instances.map(readFlags)).wasm));

	const before = await makeEncoder(PROFILED);
	expect([before.encode(INPUT), before.fault]).toEqual([MEAN, null]);

	await expect(makeEncoder(OUTSIDE)).rejects.toThrow(WebAssembly.RuntimeError);
	// Its memory may be inconsistent: it is entered no more.
	expect(before.fault).toBe("unreachable");
	expect(() => before.encode(INPUT)).toThrow(WebAssembly.RuntimeError);
	before.release();

	const after = await makeEncoder(PROFILED);
	expect([after.encode(INPUT), after.fault]).toEqual([MEAN, null]);
	// Refused before it reaches the new instance.
	await expect(makeEncoder(OUTSIDE)).rejects.toThrow("trap before");
	expect([after.encode(INPUT), after.fault]).toEqual([MEAN, null]);
	after.release();
});
