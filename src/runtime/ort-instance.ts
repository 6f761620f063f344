import createModule, { type OrtModule } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import { int32At } from "./ort-memory.ts";

/** OrtLoggingLevel: nothing is printed; errors come back as values. */
export const LOG_FATAL = 4;

/** ONNX Runtime, booted: one wasm instance with a memory of its own. */
export interface OrtInstance {
	readonly ort: OrtModule;
	/** Handle of the options that every run shares. */
	readonly runOptions: number;
	/**
	 * What was thrown out of the wasm code, the first time; null while nothing was. Memory may then be inconsistent and a
	 * lock held for ever, so that no export can be entered again: each throws this same error at once.
	 */
	readonly trap: Error | null;
}

/**
 * Boots an instance; pure CPU work. The Emscripten factory is used without onnxruntime-web's own JavaScript: workerd
 * refuses to compile wasm from bytes, and only the factory takes a compiled module (onnxruntime-web 1.30 has no option for it).
 * @param instantiate for who wants to see the instance itself
 * @throws when the instance cannot be made or ONNX Runtime does not start
 */
export async function bootOrt(
	wasm: WebAssembly.Module,
	instantiate = (module: WebAssembly.Module, imports: WebAssembly.Imports) => new WebAssembly.Instance(module, imports),
): Promise<OrtInstance> {
	const guard = createGuard();
	const ort = await createModule({
		numThreads: 1,
		locateFile: (file) => file,
		instantiateWasm(imports, done) {
			const exports = guard.around(instantiate(wasm, imports).exports);
			done({ exports }, wasm);
			return exports;
		},
	});
	checkOrt(ort, ort._OrtInit(1, LOG_FATAL) === 0, "cannot start");
	const runOptions = ort._OrtCreateRunOptions(LOG_FATAL, 0, false, 0);
	checkOrt(ort, runOptions !== 0, "cannot make run options");
	return {
		ort,
		runOptions,
		get trap() {
			return guard.trap;
		},
	};
}

/** @throws Error with ONNX Runtime's own words when `isFine` is false */
export function checkOrt(ort: OrtModule, isFine: boolean, what: string): asserts isFine {
	if (isFine) return;
	const room = ort._malloc(8);
	ort._OrtGetLastError(room, room + 4);
	const [code, message] = int32At(ort, room, 2) as unknown as [number, number];
	const bytes = message === 0 ? new Uint8Array() : ort.HEAPU8.slice(message, ort.HEAPU8.indexOf(0, message));
	ort._free(room);
	throw new Error(`ONNX Runtime ${what}: ${code} ${new TextDecoder().decode(bytes)}`);
}

/** Watches the border into the wasm code. C++ exceptions stay behind it; what crosses it is a trap or an abort. */
function createGuard() {
	let trap: Error | null = null;
	function guarded(enter: CallableFunction) {
		return (...parameters: unknown[]): unknown => {
			if (trap !== null) throw trap;
			try {
				return enter(...parameters);
			} catch (thrown) {
				trap = thrown instanceof Error ? thrown : new Error(`ONNX Runtime broke off: ${String(thrown)}`);
				throw trap;
			}
		};
	}
	return {
		get trap() {
			return trap;
		},
		around(exports: WebAssembly.Exports): WebAssembly.Exports {
			return Object.fromEntries(
				Object.entries(exports).map(([name, value]) => [name, typeof value === "function" ? guarded(value) : value]),
			) as WebAssembly.Exports;
		},
	};
}
