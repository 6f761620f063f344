import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program that answers each line with a line. */
export interface Lines {
	/** @throws Error when the program ends instead of answering */
	ask(line: string): Promise<string>;
	close(): void;
}

export function startLines(command: string, args: readonly string[]): Lines {
	const child: ChildProcess = spawn(command, args, {
		stdio: ["pipe", "pipe", "inherit"],
		env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
	});
	const answers = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
	return {
		async ask(line) {
			child.stdin?.write(`${line}\n`);
			const { value, done } = await answers.next();
			if (done) throw new Error(`${command} ended`);
			return value;
		},
		close: () => child.stdin?.end(),
	};
}
