import type { Encoder, MakeEncoder } from "../pipeline/ports.ts";
import { createOrtEncoder } from "./ort-encoder.ts";
import { bootOrt, type OrtInstance } from "./ort-instance.ts";
import { warmUp } from "./warm-up.ts";

/**
 * Makes encoders in one instance of ONNX Runtime, which boots at once: called in global scope, it is up before the first
 * request. A boot that failed is remembered; a model that was refused may be tried again.
 *
 * A trap ends the instance, since its memory may be inconsistent: all encoders in it fail from then on and say so. The
 * next model is loaded into a new one, but a model that once made an instance trap is refused for the isolate's life.
 * @param wasm  ONNX Runtime, compiled
 * @param first a small encoder that is run once and dropped, so that V8 has compiled what the shop's own one needs;
 *              null: the first model pays for that
 */
export function createOnnxEncoders(wasm: WebAssembly.Module, first: Uint8Array | null = null): MakeEncoder {
	/** SHA-256 of models that made an instance trap. */
	const trapped = new Set<string>();
	/** Pure CPU work: it may be shared between requests. */
	let booting = boot(wasm, first);
	// Told to whoever asks for an encoder.
	booting.catch(() => {});

	async function soundInstance(): Promise<OrtInstance> {
		const seen = booting;
		const instance = await seen;
		if (instance.trap === null) return instance;
		// Another load may have booted meanwhile.
		if (booting === seen) booting = boot(wasm, null);
		return booting;
	}

	/** Remembers the model, when this very call is what made the instance trap. */
	function blaming<T>(digest: string, instance: OrtInstance, work: () => T): T {
		const wasSound = instance.trap === null;
		try {
			return work();
		} finally {
			if (wasSound && instance.trap !== null) trapped.add(digest);
		}
	}

	return async function makeEncoder(model): Promise<Encoder> {
		const digest = await sha256(model);
		if (trapped.has(digest)) throw new Error("This model made ONNX Runtime trap before");
		const instance = await soundInstance();
		const encoder = blaming(digest, instance, () => createOrtEncoder(instance, model));
		return {
			get fault() {
				return encoder.fault;
			},
			encode: (input) => blaming(digest, instance, () => encoder.encode(input)),
			release: () => encoder.release(),
		};
	};
}

async function boot(wasm: WebAssembly.Module, first: Uint8Array | null): Promise<OrtInstance> {
	const instance = await bootOrt(wasm);
	if (first === null) return instance;
	try {
		warmUp(instance, first);
	} catch {
		// Only time was to be won. After a trap the next model boots an instance of its own.
	}
	return instance;
}

/** Hex. */
async function sha256(bytes: Uint8Array): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
