/** `npm run edgeshelf -- COMMAND`: the operator's commands, over HTTP. */
import { estimateCommand } from "./commands/estimate.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { importCommand } from "./commands/import.ts";
import { publishCommand } from "./commands/publish.ts";
import { releasesCommand } from "./commands/releases.ts";
import { replayCommand } from "./commands/replay.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { statusCommand } from "./commands/status.ts";
import { trainCommand } from "./commands/train.ts";
import { workCommand } from "./commands/work.ts";
import { type Command, CommandFailure, UsageError } from "./outcome.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
	import: importCommand,
	replay: replayCommand,
	train: trainCommand,
	work: workCommand,
	publish: publishCommand,
	releases: releasesCommand,
	rollback: rollbackCommand,
	status: statusCommand,
	evaluate: evaluateCommand,
	estimate: estimateCommand,
	secrets: secretsCommand,
};

const overview = () => `edgeshelf COMMAND [options]

${Object.entries(COMMANDS)
	.map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
	.join("\n")}

"edgeshelf COMMAND --help" tells a command's options. The admin token is taken from EDGESHELF_TOKEN, for a Worker on this
machine also from .dev.vars. Exit codes: 0 done, 1 not or not wholly done, 2 wrongly called.`;

/** @returns the exit code */
async function main([name, ...args]: readonly string[]): Promise<number> {
	if (name === undefined || name === "help" || name === "--help" || name === "-h") {
		console.log(overview());
		return name === undefined ? 2 : 0;
	}
	const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
	if (command === undefined) {
		console.error(`edgeshelf: there is no command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}`);
		return 2;
	}
	if (args.includes("--help") || args.includes("-h")) {
		console.log(command.help);
		return 0;
	}
	try {
		return await command.run(args);
	} catch (thrown) {
		if (!(thrown instanceof UsageError || thrown instanceof CommandFailure)) throw thrown;
		console.error(`edgeshelf ${name}: ${thrown.message}`);
		return thrown instanceof UsageError ? 2 : 1;
	}
}

process.exitCode = await main(process.argv.slice(2));
