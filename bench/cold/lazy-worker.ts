/** The Worker with an ONNX Runtime that boots when the first release asks for it: what booting ahead is measured against. */
import { createWorker } from "../../src/compose.ts";
import type { MakeEncoder } from "../../src/pipeline/ports.ts";
import { createKernelSpaces, hasRelaxedSimd } from "../../src/runtime/kernels.ts";
import relaxed from "../../src/runtime/kernels-relaxed.generated.wasm";
import simd from "../../src/runtime/kernels-simd.generated.wasm";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import wasm from "../../src/runtime/ort.generated.wasm";

let encoders: MakeEncoder | null = null;

function makeEncoder(model: Parameters<MakeEncoder>[0]): ReturnType<MakeEncoder> {
	encoders ??= createOnnxEncoders(wasm);
	return encoders(model);
}

export default createWorker(makeEncoder, createKernelSpaces(hasRelaxedSimd() ? relaxed : simd));
