import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const GUARD = fileURLToPath(new URL("guard.ts", import.meta.url));
/** Starts a process that does the same again, and both wait for ever; prints both ids. */
const GRANDPARENT = `
const { spawn } = require("node:child_process");
const wait = "setInterval(() => {}, 1e6)";
const child = spawn(process.execPath, ["-e", wait], { stdio: ["ignore", "inherit", "inherit"] });
console.log(JSON.stringify([process.pid, child.pid]));
setInterval(() => {}, 1e6);`;
/** Stands for \`npm start\`: holds the guard's standard input. */
const STARTER = `
const { spawn } = require("node:child_process");
spawn(process.execPath, ["--no-warnings", ${JSON.stringify(GUARD)}, process.execPath, "-e", ${JSON.stringify(GRANDPARENT)}], { stdio: ["pipe", "inherit", "inherit"], detached: true });`;

const isAlive = (pid: number) => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

test("ends a command and what it started when the starter is killed by a signal that it cannot catch", async () => {
	const starter = spawn(process.execPath, ["-e", STARTER], { stdio: ["ignore", "pipe", "inherit"] });
	const pids = await new Promise<number[]>((resolve) => starter.stdout.once("data", (text) => resolve(JSON.parse(String(text)))));
	expect(pids.map(isAlive)).toEqual([true, true]);
	// The pipe closes once no process holds it any more. (A process id tells less: it stays until its parent asks for it.)
	const ended = new Promise((resolve) => starter.stdout.once("close", () => resolve("all ended")));
	starter.stdout.resume();
	starter.kill("SIGKILL");
	await expect(ended).resolves.toBe("all ended");
}, 30_000);
