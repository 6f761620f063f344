/**
 * The encoder alone, to tell its CPU time from that of a request: PUT a model with `?dim=`, then GET `?steps=8,50,…`
 * encodes one history of each length.
 */
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import type { Encoder } from "../../src/pipeline/ports.ts";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import type { EncoderInput } from "../../src/sequence/encode.ts";

const makeEncoder = createOnnxEncoders(wasm);
const inputs = new Map<number, EncoderInput>();
let loaded: { readonly encoder: Encoder; readonly dim: number } | null = null;

function inputOf(steps: number, dim: number): EncoderInput {
	const made = inputs.get(steps) ?? {
		vectors: Float32Array.from({ length: steps * dim }, (_, k) => Math.sin(k)),
		kinds: new Int32Array(steps).fill(1),
		gaps: new Int32Array(steps),
		positions: Int32Array.from({ length: steps }, (_, k) => steps - 1 - k),
		context: new Int32Array(4),
	};
	inputs.set(steps, made);
	return made;
}

export default {
	async fetch(request: Request): Promise<Response> {
		const { searchParams } = new URL(request.url);
		if (request.method === "PUT") {
			loaded?.encoder.release();
			inputs.clear();
			const encoder = await makeEncoder(new Uint8Array(await request.arrayBuffer()));
			loaded = { encoder, dim: Number(searchParams.get("dim")) };
			return Response.json({});
		}
		if (loaded === null) return new Response("No model was put", { status: 409 });
		const lengths = (searchParams.get("steps") ?? "").split(",").map(Number);
		for (const steps of lengths) loaded.encoder.encode(inputOf(steps, loaded.dim));
		return Response.json({ encodes: lengths.length });
	},
};
