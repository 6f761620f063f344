/**
 * `node guard.ts COMMAND ARGS...`: runs a command in a process group of its own and ends the whole group when standard
 * input closes. The pipe closes however the parent ends, by a signal that cannot be caught too, so that no workerd stays.
 */
import { spawn } from "node:child_process";

/** Time that the command has to end by itself, milliseconds. */
const GRACE_MS = 4000;

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
let isEnding = false;

/** @param signal to all of the group; this process too is in it, and lives through SIGTERM */
function signalGroup(signal: "SIGTERM" | "SIGKILL") {
	if (process.platform === "win32") child.kill(signal);
	else process.kill(-process.pid, signal);
}

function end() {
	if (isEnding) return;
	isEnding = true;
	child.kill("SIGTERM");
	setTimeout(() => signalGroup("SIGKILL"), GRACE_MS).unref();
}

process.on("SIGTERM", end);
process.on("SIGINT", end);
process.stdin.on("end", end).on("error", end).resume();
// The parent may be gone, and its end of the output with it.
for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
child.on("error", (cause) => {
	console.error(cause.message);
	process.exit(1);
});
child.on("exit", (code) => {
	isEnding = true;
	signalGroup("SIGTERM");
	process.exit(code ?? 0);
});
