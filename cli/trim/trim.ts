import { readCases } from "./cases.ts";
import { readFlags, type Trimmed, withFlags, withoutUnused } from "./functions.ts";
import { type Outcomes, runCases } from "./run-cases.ts";

/**
 * ONNX Runtime with a trap for each function that no profiled case entered.
 * @throws Error naming the first case in which the trimmed runtime does otherwise than the untrimmed one
 */
export async function trimRuntime(untrimmed: Uint8Array<ArrayBuffer>): Promise<Trimmed> {
	const { profiled, unseen } = readCases();
	const instances: WebAssembly.Exports[] = [];
	const expected = await runCases(new WebAssembly.Module(withFlags(untrimmed)), profiled, (exports) => instances.push(exports));
	const trimmed = withoutUnused(untrimmed, instances.map(readFlags));
	const module = new WebAssembly.Module(trimmed.wasm);
	compare(expected, await runCases(module, profiled));
	compare(await runCases(new WebAssembly.Module(untrimmed), unseen), await runCases(module, unseen));
	return trimmed;
}

function compare(expected: Outcomes, found: Outcomes): void {
	for (const [name, outcomes] of expected) {
		const place = outcomes.findIndex((outcome, at) => found.get(name)?.[at] !== outcome);
		if (place === -1) continue;
		throw new Error(`The trimmed ONNX Runtime differs in "${name}", run ${place}: ${found.get(name)?.[place]}, not ${outcomes[place]}`);
	}
}
