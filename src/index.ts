import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import { createWorker } from "./compose.ts";
import { createOnnxEncoders } from "./runtime/onnx.ts";

export default createWorker(createOnnxEncoders(wasm));
