import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export type Timing = { readonly file: string; readonly dim: number; readonly steps: number; readonly runs: number };

/** onnxruntime's native CPU build in a process of its own, one thread. */
export interface NativePeer {
	/** @returns milliseconds that all runs took, after as many untimed; they came one after another */
	time(timing: Timing): Promise<number>;
	stop(): void;
}

/** @param python of an environment that has onnxruntime, as the trainer's */
export function startNativePeer(python: string): NativePeer {
	const child = spawn(python, [new URL("native.py", import.meta.url).pathname], { stdio: ["pipe", "pipe", "inherit"] });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		async time(timing) {
			child.stdin.write(`${JSON.stringify(timing)}\n`);
			const { value, done } = await lines.next();
			if (done) throw new Error(`${python} ended before it had timed ${timing.file}`);
			return JSON.parse(value) as number;
		},
		stop: () => child.stdin.end(),
	};
}
