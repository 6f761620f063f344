import type { OrtModule } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";

/** A block of the runtime's memory, handed out piece by piece and freed as one. */
export interface Arena {
	/** @returns the address of `bytes` bytes, at a multiple of 16 */
	take(bytes: number): number;
	/** A zero-terminated UTF-8 string. */
	string(text: string): number;
	free(): void;
}

const ALIGN = 16;
const encoder = new TextEncoder();

export function createArena(ort: OrtModule, capacity: number): Arena {
	const start = ort._malloc(capacity + ALIGN);
	if (start === 0) throw new Error("The runtime is out of memory");
	let next = Math.ceil(start / ALIGN) * ALIGN;
	const end = start + capacity + ALIGN;
	function take(bytes: number): number {
		const at = next;
		next = Math.ceil((at + bytes) / ALIGN) * ALIGN;
		if (next > end) throw new Error(`An arena of ${capacity} bytes is too small`);
		return at;
	}
	return {
		take,
		string(text) {
			const bytes = encoder.encode(`${text}\0`);
			const at = take(bytes.byteLength);
			ort.HEAPU8.set(bytes, at);
			return at;
		},
		free: () => ort._free(start),
	};
}

/** Views over the memory as it is now: not to be kept past a call, since the memory may grow. */
export const int32At = (ort: OrtModule, at: number, length: number) => new Int32Array(ort.HEAPU8.buffer, at, length);
export const float32At = (ort: OrtModule, at: number, length: number) => new Float32Array(ort.HEAPU8.buffer, at, length);
