/** The Emscripten factory of onnxruntime-web 1.30, as far as it is used here; the package ships no types for it. */
declare module "onnxruntime-web/ort-wasm-simd-threaded.mjs" {
	type Pointer = number;

	export interface OrtModule {
		/** Replaced whenever the memory grows: read it anew after each call. */
		readonly HEAPU8: Uint8Array<ArrayBuffer>;
		_malloc(bytes: number): Pointer;
		_free(pointer: Pointer): void;
		_OrtInit(threads: number, logLevel: number): number;
		_OrtGetLastError(code: Pointer, message: Pointer): number;
		_OrtCreateSessionOptions(
			optimization: number,
			cpuArena: boolean,
			memoryPattern: boolean,
			executionMode: number,
			profiling: boolean,
			profilePrefix: Pointer,
			logId: Pointer,
			logLevel: number,
			logVerbosity: number,
			optimizedModelPath: Pointer,
		): Pointer;
		_OrtAddSessionConfigEntry(options: Pointer, key: Pointer, value: Pointer): number;
		_OrtReleaseSessionOptions(options: Pointer): number;
		_OrtCreateSession(model: Pointer, bytes: number, options: Pointer): Pointer;
		_OrtReleaseSession(session: Pointer): number;
		_OrtCreateRunOptions(logLevel: number, logVerbosity: number, terminate: boolean, tag: Pointer): Pointer;
		_OrtCreateTensor(type: number, data: Pointer, bytes: number, dims: Pointer, rank: number, location: number): Pointer;
		_OrtGetTensorData(tensor: Pointer, type: Pointer, data: Pointer, dims: Pointer, rank: Pointer): number;
		_OrtFree(pointer: Pointer): number;
		_OrtReleaseTensor(tensor: Pointer): number;
		_OrtRun(
			session: Pointer,
			inputNames: Pointer,
			inputs: Pointer,
			inputCount: number,
			outputNames: Pointer,
			outputCount: number,
			outputs: Pointer,
			runOptions: Pointer,
		): number;
	}

	export default function createModule(options: {
		readonly numThreads: number;
		readonly locateFile: (file: string) => string;
		readonly instantiateWasm: (
			imports: WebAssembly.Imports,
			done: (instance: Pick<WebAssembly.Instance, "exports">, module: WebAssembly.Module) => void,
		) => object;
	}): Promise<OrtModule>;
}
