/** The command was given wrongly: one sentence, exit code 2. */
export class UsageError extends Error {}

/** The command could not do its work, for a reason that the operator can act on: one sentence, exit code 1. */
export class CommandFailure extends Error {}

/** One subcommand. `run` resolves to the process's exit code. */
export type Command = {
	/** One line for the list of commands. */
	readonly summary: string;
	/** What `--help` prints. */
	readonly help: string;
	readonly run: (args: readonly string[]) => Promise<number>;
};
