import { spawn } from "node:child_process";
import { preparePython, TRAINING_FOLDER } from "./python.ts";

/** Time that a trainer gets to end by itself once asked to, milliseconds. */
const STOP_GRACE_MS = 10_000;

export type TrainerOptions = {
	readonly data: string;
	readonly out: string;
	readonly boundary?: string;
	readonly baseline?: string;
	readonly config?: string;
	readonly seed?: string;
	/** File that the trainer appends {"progress","stage"} lines to. */
	readonly progress?: string;
};

export type TrainerEnd = {
	/** Exit code; 1 where a signal ended it. */
	readonly code: number;
	/** Last line of stderr that is not empty. */
	readonly lastLine: string;
};

export type Trainer = { readonly ended: Promise<TrainerEnd>; readonly stop: () => void };

/** Options as the trainer's own command line takes them; absent ones stay its defaults. */
export const trainerArguments = (options: TrainerOptions): string[] => [
	"train",
	...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
];

/** Starts the Python trainer in its own environment; its output is shown as it comes. */
export async function startTrainer(args: readonly string[]): Promise<Trainer> {
	return startProcess(await preparePython(), ["-m", "edgeshelf_training", ...args], TRAINING_FOLDER);
}

/** Starts a process whose stderr is shown and remembered. */
export function startProcess(command: string, args: readonly string[], cwd: string): Trainer {
	const child = spawn(command, args, { cwd, stdio: ["ignore", "inherit", "pipe"] });
	let tail = "";
	child.stderr.on("data", (data: Buffer) => {
		process.stderr.write(data);
		tail = `${tail}${data.toString("utf8")}`.slice(-4000);
	});
	const lastLine = () =>
		tail
			.trimEnd()
			.split(/[\r\n]/)
			.at(-1)
			?.trim() ?? "";
	const ended = new Promise<TrainerEnd>((resolve) => {
		child.on("error", (error) => resolve({ code: 1, lastLine: error.message }));
		child.on("close", (code, signal) =>
			resolve({ code: code ?? 1, lastLine: lastLine() || (signal === null ? "" : `ended by ${signal}`) }),
		);
	});
	return {
		ended,
		stop() {
			child.kill("SIGTERM");
			setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS).unref();
		},
	};
}
