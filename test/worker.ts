/**
 * The Worker without ONNX Runtime, for tests in workerd that are not about the encoder: its 14 MB module would cost each
 * test file many seconds. The rung is `session` at best.
 */
import { createWorker } from "../src/compose.ts";

export default createWorker(() => Promise.reject(new Error("The tests in this project run without the encoder")));
