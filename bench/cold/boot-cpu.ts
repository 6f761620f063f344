/**
 * What booting ONNX Runtime costs one thread, in a fresh process of Node, whose V8 compiles lazily as workerd's does: CPU time
 * says more than a clock where other work shares the machine. Prints JSON, milliseconds.
 *
 *     npx node bench/cold/boot-cpu.ts WASM MODEL DIM [FIRST]      FIRST: an encoder that is run before, as in global scope
 */
import { readFileSync } from "node:fs";
import { createOrtEncoder } from "../../src/runtime/ort-encoder.ts";
import { bootOrt } from "../../src/runtime/ort-instance.ts";
import { warmUp } from "../../src/runtime/warm-up.ts";

const HISTORY_ITEMS = 8;

const [wasmFile, modelFile, dimText, firstFile] = process.argv.slice(2) as [string, string, string, string?];
const bytes = (file: string) => new Uint8Array(readFileSync(file));
const module = new WebAssembly.Module(bytes(wasmFile));
const model = bytes(modelFile);
const first = firstFile === undefined ? null : bytes(firstFile);
const dim = Number(dimText);
const input = {
	vectors: new Float32Array(HISTORY_ITEMS * dim).fill(0.1),
	kinds: new Int32Array(HISTORY_ITEMS).fill(1),
	gaps: new Int32Array(HISTORY_ITEMS),
	positions: Int32Array.from({ length: HISTORY_ITEMS }, (_, step) => HISTORY_ITEMS - 1 - step),
	context: new Int32Array(4),
};

/** CPU time of this thread so far. */
function cpuMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

const start = cpuMs();
const instance = await bootOrt(module);
if (first !== null) warmUp(instance, first);
const booted = cpuMs();
createOrtEncoder(instance, model).encode(input);
console.log(JSON.stringify({ bootMs: booted - start, releaseMs: cpuMs() - booted }));
