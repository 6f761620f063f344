import type { EncoderInput } from "../pipeline/ports.ts";
import { createOrtEncoder } from "./ort-encoder.ts";
import type { OrtInstance } from "./ort-instance.ts";

/** Components of an item vector in boot-encoder.bin; cli/trim/make_graphs.py makes it. */
const DIM = 16;
/** Lengths of history whose kernels differ: one row, a few, many. */
const STEPS = [1, 8, 50];

/** Loads a small encoder, runs it and lets it go. @throws what ONNX Runtime throws */
export function warmUp(instance: OrtInstance, model: Uint8Array): void {
	const encoder = createOrtEncoder(instance, model);
	// Twice: the second run of a shape plans its memory from the first.
	for (const steps of [...STEPS, ...STEPS]) encoder.encode(blankInput(steps));
	encoder.release();
}

const blankInput = (steps: number): EncoderInput => ({
	vectors: new Float32Array(steps * DIM).fill(0.1),
	kinds: new Int32Array(steps).fill(1),
	gaps: new Int32Array(steps),
	positions: Int32Array.from({ length: steps }, (_, step) => steps - 1 - step),
	context: new Int32Array(4),
});
