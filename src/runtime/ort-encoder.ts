import type { OrtModule } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import type { Encoder, EncoderInput } from "../pipeline/ports.ts";
import { checkOrt, LOG_FATAL, type OrtInstance } from "./ort-instance.ts";
import { createArena, float32At, int32At } from "./ort-memory.ts";

// Values of ONNX Runtime's own enums: TensorProto.DataType, GraphOptimizationLevel, ExecutionMode, and the place of data.
const FLOAT = 1;
const INT32 = 6;
const OPTIMIZE_ALL = 99;
const SEQUENTIAL = 0;
const ON_CPU = 1;

const INPUTS = ["vectors", "kinds", "gaps", "positions", "context"] as const;
const OUTPUT = "queries";
const CONTEXT_LENGTH = 4;
/**
 * Weights are stored as int8 and computed in float32: folded into constants when the model loads. Left to itself the
 * runtime keeps DequantizeLinear for kernels that it has not got here, and unpacks every weight in every call.
 */
const DEQUANTISE_AT_LOAD = "session.disable_quant_qdq";
/** Names, pointers and dimensions of one call, bytes. */
const FRAME_BYTES = 1024;
/** Input data that there is room for before a history asks for more, bytes. */
const DATA_BYTES = 16 * 1024;

/**
 * One model in an instance; any number may share it, until one traps.
 * @throws when ONNX Runtime refuses the model
 */
export function createOrtEncoder(instance: OrtInstance, model: Uint8Array): Encoder {
	const { ort, runOptions } = instance;
	const session = createSession(ort, model);
	const frame = createArena(ort, FRAME_BYTES);
	const names = INPUTS.map((name) => frame.string(name));
	const outputName = frame.string(OUTPUT);
	const inputNames = frame.take(4 * INPUTS.length);
	int32At(ort, inputNames, INPUTS.length).set(names);
	const outputNames = frame.take(4);
	int32At(ort, outputNames, 1)[0] = outputName;
	const inputs = frame.take(4 * INPUTS.length);
	const outputs = frame.take(4);
	const dims = frame.take(4 * 3);
	const described = frame.take(4 * 4);

	/** Input data of the longest history so far. */
	let data = createArena(ort, DATA_BYTES);
	let capacity = DATA_BYTES;

	function tensor(type: number, values: Float32Array | Int32Array, shape: readonly number[]): number {
		const at = data.take(values.byteLength);
		if (values instanceof Float32Array) float32At(ort, at, values.length).set(values);
		else int32At(ort, at, values.length).set(values);
		int32At(ort, dims, shape.length).set(shape);
		const made = ort._OrtCreateTensor(type, at, values.byteLength, dims, shape.length, ON_CPU);
		checkOrt(ort, made !== 0, "cannot make a tensor");
		return made;
	}

	return {
		get fault() {
			return instance.trap?.message ?? null;
		},
		encode({ vectors, kinds, gaps, positions, context }: EncoderInput) {
			const steps = positions.length;
			const needed = vectors.byteLength + 3 * kinds.byteLength + 4 * CONTEXT_LENGTH + 16 * INPUTS.length;
			data.free();
			capacity = Math.max(capacity, needed);
			data = createArena(ort, capacity);
			const made: number[] = [];
			try {
				made.push(tensor(FLOAT, vectors, [1, steps, vectors.length / steps]));
				for (const values of [kinds, gaps, positions]) made.push(tensor(INT32, values, [1, steps]));
				made.push(tensor(INT32, context, [1, CONTEXT_LENGTH]));
				int32At(ort, inputs, made.length).set(made);
				int32At(ort, outputs, 1)[0] = 0;
				const code = ort._OrtRun(session, inputNames, inputs, INPUTS.length, outputNames, 1, outputs, runOptions);
				checkOrt(ort, code === 0, "cannot run the encoder");
				return readOutput(ort, int32At(ort, outputs, 1)[0] as number, described);
			} finally {
				for (const handle of made) ort._OrtReleaseTensor(handle);
			}
		},
		release() {
			// A memory that may be inconsistent is left to the garbage collector, as a whole.
			if (instance.trap !== null) return;
			data.free();
			frame.free();
			ort._OrtReleaseSession(session);
		},
	};
}

/** @returns the session's handle; the runtime keeps its own copy of the model */
function createSession(ort: OrtModule, model: Uint8Array): number {
	const options = ort._OrtCreateSessionOptions(OPTIMIZE_ALL, true, true, SEQUENTIAL, false, 0, 0, LOG_FATAL, 0, 0);
	checkOrt(ort, options !== 0, "cannot make session options");
	setEntry(ort, options, DEQUANTISE_AT_LOAD, "1");
	const at = ort._malloc(model.byteLength);
	try {
		if (at === 0) throw new Error("The runtime is out of memory");
		ort.HEAPU8.set(model, at);
		const session = ort._OrtCreateSession(at, model.byteLength, options);
		checkOrt(ort, session !== 0, "cannot load the model");
		return session;
	} finally {
		ort._free(at);
		ort._OrtReleaseSessionOptions(options);
	}
}

function setEntry(ort: OrtModule, options: number, key: string, value: string): void {
	const strings = createArena(ort, FRAME_BYTES);
	try {
		checkOrt(ort, ort._OrtAddSessionConfigEntry(options, strings.string(key), strings.string(value)) === 0, `cannot set ${key}`);
	} finally {
		strings.free();
	}
}

/** Copies a float32 tensor and gives it back. @param described room for type, data, dimensions and rank */
function readOutput(ort: OrtModule, tensor: number, described: number): Float32Array {
	try {
		checkOrt(ort, ort._OrtGetTensorData(tensor, described, described + 4, described + 8, described + 12) === 0, "cannot read the output");
		const [type, at, dims, rank] = int32At(ort, described, 4) as unknown as [number, number, number, number];
		const length = int32At(ort, dims >>> 0, rank).reduce((product, size) => product * size, 1);
		ort._OrtFree(dims);
		checkOrt(ort, type === FLOAT, "gave an output that is not float32");
		return float32At(ort, at >>> 0, length).slice();
	} finally {
		ort._OrtReleaseTensor(tensor);
	}
}
