/**
 * The encoder alone, to tell its CPU time from that of a request: PUT a model with `?dim=`, then GET `?steps=8,50,…`
 * encodes one history of each length.
 */
import type { Encoder } from "../../src/pipeline/ports.ts";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import wasm from "../../src/runtime/ort.generated.wasm";
import type { EncoderInput } from "../../src/sequence/encode.ts";
import { someInput } from "../encode/input.ts";

const makeEncoder = createOnnxEncoders(wasm);
const inputs = new Map<number, EncoderInput>();
let loaded: { readonly encoder: Encoder; readonly dim: number } | null = null;

function inputOf(steps: number, dim: number): EncoderInput {
	const made = inputs.get(steps) ?? someInput(steps, dim);
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
