import type { Encoder } from "../../src/pipeline/ports.ts";
import { createOrtEncoder } from "../../src/runtime/ort-encoder.ts";
import { bootOrt, type OrtInstance } from "../../src/runtime/ort-instance.ts";
import type { Case } from "./cases.ts";

/** What came of each case, in words or numbers that two runtimes must share to the last bit. */
export type Outcomes = ReadonlyMap<string, readonly string[]>;

/**
 * Runs every case with the code and the session options of production, one after another in one instance. After a trap
 * the next case gets a new one.
 * @param onInstance is given the exports of each instance that was made
 */
export async function runCases(
	wasm: WebAssembly.Module,
	cases: readonly Case[],
	onInstance: (exports: WebAssembly.Exports) => void = () => {},
): Promise<Outcomes> {
	const boot = () =>
		asInWorker(() =>
			bootOrt(wasm, (module, imports) => {
				const instance = new WebAssembly.Instance(module, imports);
				onInstance(instance.exports);
				return instance;
			}),
		);
	let instance = await boot();
	const outcomes = new Map<string, readonly string[]>();
	for (const one of cases) {
		if (instance.trap !== null) instance = await boot();
		outcomes.set(one.name, run(instance, one));
	}
	return outcomes;
}

function run(instance: OrtInstance, { model, inputs }: Case): string[] {
	let encoder: Encoder;
	try {
		encoder = createOrtEncoder(instance, model);
	} catch (thrown) {
		return [told(instance, thrown)];
	}
	const outcomes = inputs.map((input) => {
		try {
			const output = encoder.encode(input);
			return Buffer.from(output.buffer, output.byteOffset, output.byteLength).toString("base64");
		} catch (thrown) {
			return told(instance, thrown);
		}
	});
	encoder.release();
	return outcomes;
}

const told = ({ trap }: OrtInstance, thrown: unknown): string => `${trap === null ? "refused" : "trapped"}: ${(thrown as Error).message}`;

/**
 * Calls a function whose first steps look for what they run on, as workerd shows itself: no `process`, and the scope of a
 * worker. The Emscripten factory does so before it pauses for the first time.
 */
function asInWorker<T>(work: () => T): T {
	const { process } = globalThis;
	const scope = globalThis as { process?: unknown; WorkerGlobalScope?: unknown; self?: unknown };
	scope.process = undefined;
	scope.WorkerGlobalScope = Object;
	scope.self = globalThis;
	try {
		return work();
	} finally {
		scope.process = process;
		delete scope.WorkerGlobalScope;
		delete scope.self;
	}
}
