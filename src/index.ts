import { env } from "cloudflare:workers";
import { createWorker } from "./compose.ts";
import first from "./runtime/boot-encoder.bin";
import { createKernelSpaces, hasRelaxedSimd } from "./runtime/kernels.ts";
import relaxed from "./runtime/kernels-relaxed.generated.wasm";
import simd from "./runtime/kernels-simd.generated.wasm";
import { createOnnxEncoders } from "./runtime/onnx.ts";
import wasm from "./runtime/ort.generated.wasm";

/**
 * ONNX Runtime boots in global scope, where no request waits for it: the platform allows 1 s of CPU there, and no I/O.
 *
 * workerd compiles each module of a bundle before it starts. One that lacks relaxed SIMD would refuse to start: for it, let
 * an [alias] in wrangler.toml put the plain build in the relaxed one's place.
 */
const spaces = createKernelSpaces(hasRelaxedSimd() ? relaxed : simd);

export default createWorker(createOnnxEncoders(wasm, new Uint8Array(first)), spaces, env);
