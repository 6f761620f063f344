import { spawn } from "node:child_process";
import { preparePython, TRAINING_FOLDER } from "./python.ts";

/** Time that a trainer gets to end by itself once asked to, milliseconds. */
const STOP_GRACE_MS = 10_000;
/** Of stderr is kept, characters. */
const TAIL_LENGTH = 4000;

export type TrainerOptions = {
	readonly data: string;
	readonly out: string;
	readonly boundary?: string;
	readonly "tune-out"?: string;
	readonly "quantisation-out"?: string;
	readonly baselines?: string;
	readonly baseline?: string;
	readonly config?: string;
	readonly seed?: string;
	/** File that the trainer appends {"progress","stage"} lines to. */
	readonly progress?: string;
	readonly "keep-seen"?: true;
};

export type TrainerEnd = {
	/** Exit code; 1 where a signal ended it. */
	readonly code: number;
	/** Last line of stderr that is not empty; "" where stderr went to the terminal itself. */
	readonly lastLine: string;
};

export type Trainer = { readonly ended: Promise<TrainerEnd>; readonly stop: () => void };

/** Options as the trainer's own command line takes them; absent ones stay its defaults. */
export const trainerArguments = (options: TrainerOptions): string[] => [
	"train",
	...Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value])),
];

/** `terminal`: the trainer draws its own bar. `remembered`: stderr is shown as it comes, and its last line kept. */
export type StderrUse = "terminal" | "remembered";

/** Starts the Python trainer in its own environment. */
export async function startTrainer(args: readonly string[], stderr: StderrUse = "remembered"): Promise<Trainer> {
	return startProcess(await preparePython(), ["-m", "edgeshelf_training", ...args], TRAINING_FOLDER, stderr);
}

/** Starts a process whose stdout is shown. */
export function startProcess(command: string, args: readonly string[], cwd: string, stderr: StderrUse): Trainer {
	const child = spawn(command, args, { cwd, stdio: ["ignore", "inherit", stderr === "terminal" ? "inherit" : "pipe"] });
	let tail = "";
	child.stderr?.on("data", (data: Buffer) => {
		process.stderr.write(data);
		tail = `${tail}${data.toString("utf8")}`.slice(-TAIL_LENGTH);
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
