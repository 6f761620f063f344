import type { EncoderInput } from "../../src/sequence/encode.ts";

/** Some history of `steps` entries over vectors of `dim` components: what an encode costs does not hang on their values. */
export const someInput = (steps: number, dim: number): EncoderInput => ({
	vectors: Float32Array.from({ length: steps * dim }, (_, k) => Math.sin(k)),
	kinds: new Int32Array(steps).fill(1),
	gaps: new Int32Array(steps),
	positions: Int32Array.from({ length: steps }, (_, k) => steps - 1 - k),
	context: new Int32Array(4),
});
