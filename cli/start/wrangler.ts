import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "../outcome.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GUARD = fileURLToPath(new URL("guard.ts", import.meta.url));
/** Its binary would start this very file in a second process, which a signal does not reach. */
const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/wrangler-dist/cli.js", import.meta.url));
/**
 * Nothing may be fetched or told to anyone, and no question asked; nor may wrangler keep a trace of every request, with its
 * address and headers, beside the local state.
 */
const QUIET = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", X_LOCAL_OBSERVABILITY: "false", CI: "true" };
/** Longest that `wrangler dev` may take until it listens, milliseconds. */
const START_MAX_MS = 90_000;
const POLL_MS = 100;

export type Running = {
	/** Settles when it has ended, by itself or because it was asked to. */
	readonly ended: Promise<number | null>;
	/** Ends it with all that it started. */
	readonly stop: () => Promise<unknown>;
};

/** Starts wrangler under the guard. @param onOutput hears each piece of what it prints */
export function startWrangler(args: readonly string[], onOutput: (text: string) => void): Running {
	const child: ChildProcess = spawn(process.execPath, ["--no-warnings", GUARD, process.execPath, "--no-warnings", WRANGLER, ...args], {
		cwd: ROOT,
		env: { ...process.env, ...QUIET },
		stdio: ["pipe", "pipe", "pipe"],
		// Its own process group: Ctrl-C in the terminal reaches us alone, and we end it in order.
		detached: true,
	});
	child.stdout?.setEncoding("utf8").on("data", onOutput);
	child.stderr?.setEncoding("utf8").on("data", onOutput);
	const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
	return {
		ended,
		stop: () => {
			child.stdin?.end();
			return ended;
		},
	};
}

/** Brings the local database up to date. @throws CommandFailure with wrangler's own words */
export async function migrateLocally(): Promise<void> {
	let said = "";
	const run = startWrangler(["d1", "migrations", "apply", "DB", "--local"], (text) => {
		said += text;
	});
	if ((await run.ended) !== 0) throw new CommandFailure(`the local database could not be migrated:\n${said.trim()}`);
}

/** @throws CommandFailure when something listens there already */
export async function checkPortIsFree(port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const probe = createServer();
		probe.once("error", (cause: NodeJS.ErrnoException) =>
			reject(
				new CommandFailure(
					cause.code === "EADDRINUSE"
						? `port ${port} is taken; end what listens there, or choose another: PORT=${port + 1} npm start`
						: `port ${port} cannot be opened (${cause.code})`,
				),
			),
		);
		probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
	});
}

/**
 * Starts `wrangler dev` and waits until it answers.
 * @param onOutput hears what it prints from then on
 * @throws CommandFailure when it ends or does not listen in time, with what it printed
 */
export async function serveLocally(address: URL, onOutput: (text: string) => void): Promise<Running> {
	let said = "";
	let isReady = false;
	const args = ["dev", "--ip", address.hostname, "--port", address.port, "--inspector-port", "0", "--show-interactive-dev-session=false"];
	const run = startWrangler(args, (text) => {
		if (isReady) onOutput(text);
		else said += text;
	});
	let hasEnded = false;
	void run.ended.then(() => {
		hasEnded = true;
	});
	const until = Date.now() + START_MAX_MS;
	while (!(await answers(address))) {
		if (hasEnded) throw new CommandFailure(`wrangler dev ended before it listened:\n${said.trim()}`);
		// After a failed build wrangler waits for a change of the sources, and does not listen until then.
		const hasFailed = said.includes("Build failed");
		if (hasFailed || Date.now() > until) {
			await run.stop();
			const what = hasFailed ? "the Worker cannot be built" : `wrangler dev did not listen within ${START_MAX_MS / 1000} s`;
			throw new CommandFailure(`${what}:\n${said.trim()}`);
		}
		await delay(POLL_MS);
	}
	isReady = true;
	return run;
}

/** Any answer will do: the Worker runs. */
async function answers(address: URL): Promise<boolean> {
	try {
		const answer = await fetch(new URL("/admin/status", address), { signal: AbortSignal.timeout(5000) });
		await answer.body?.cancel();
		return true;
	} catch {
		return false;
	}
}
