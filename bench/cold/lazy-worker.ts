/** The Worker with an ONNX Runtime that boots when the first release asks for it: what booting ahead is measured against. */
import { createWorker } from "../../src/compose.ts";
import type { MakeEncoder } from "../../src/pipeline/ports.ts";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import wasm from "../../src/runtime/ort.generated.wasm";

let encoders: MakeEncoder | null = null;

export default createWorker((model) => {
	encoders ??= createOnnxEncoders(wasm);
	return encoders(model);
});
