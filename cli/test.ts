/** `npm test`: the build, style and types, the four vitest projects, and the trainer's tests in an environment of its own. */
import { spawnSync } from "node:child_process";
import { preparePython } from "./python.ts";

const ROOT = new URL("..", import.meta.url);

function run(title: string, command: string, args: readonly string[], cwd = ROOT) {
	console.log(`\n== ${title}`);
	const { status } = spawnSync(command, args, {
		cwd,
		stdio: "inherit",
		env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
	});
	if (status !== 0) {
		console.error(`\n${title}: failed`);
		process.exit(status ?? 1);
	}
}

run("types of the environment, and the build", "npx", ["wrangler", "types"]);
run("style", "npx", ["biome", "check", "."]);
run("types of the Worker", "npx", ["tsc", "--noEmit"]);
run("types of the command line and tests", "npx", ["tsc", "--noEmit", "-p", "tsconfig.node.json"]);
run("types of the SDK and the shop", "npx", ["tsc", "--noEmit", "-p", "tsconfig.web.json"]);
run("unit, worker, edge and browser tests", "npx", ["vitest", "run"]);
const python = await preparePython();
run("trainer", python, ["-m", "pytest"], new URL("training/", ROOT));
