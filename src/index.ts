import { createWorker } from "./compose.ts";
import first from "./runtime/boot-encoder.bin";
import { createOnnxEncoders } from "./runtime/onnx.ts";
import wasm from "./runtime/ort.generated.wasm";

/** ONNX Runtime boots in global scope, where no request waits for it: the platform allows 1 s of CPU there, and no I/O. */
export default createWorker(createOnnxEncoders(wasm, new Uint8Array(first)));
