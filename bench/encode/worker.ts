/** Times one encoder graph in workerd: POST the ONNX file, `?dim=&steps=&runs=`; answers the milliseconds that all runs took. */

import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import wasm from "../../src/runtime/ort.generated.wasm";
import { someInput } from "./input.ts";

const makeEncoder = createOnnxEncoders(wasm);

export default {
	async fetch(request: Request): Promise<Response> {
		const { searchParams } = new URL(request.url);
		const [dim, steps, runs] = ["dim", "steps", "runs"].map((name) => Number(searchParams.get(name))) as [number, number, number];
		const encoder = await makeEncoder(new Uint8Array(await request.arrayBuffer()));
		const input = someInput(steps, dim);
		for (let run = 0; run < runs; run++) encoder.encode(input);
		// The clock moves in whole milliseconds here: many runs are timed as one.
		const started = performance.now();
		for (let run = 0; run < runs; run++) encoder.encode(input);
		const milliseconds = performance.now() - started;
		encoder.release();
		return Response.json(milliseconds);
	},
};
