import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createClient } from "../client.ts";
import { makeCatalogue } from "../demo/catalogue.ts";
import { CommandFailure } from "../outcome.ts";
import { buildRuntime } from "../trim/build.ts";
import { completeSecrets } from "./development-secrets.ts";
import { cronsOf, startLocalCron } from "./local-cron.ts";
import { activeRelease, seedDemo } from "./seed.ts";
import { warmUp } from "./warm.ts";
import { checkPortIsFree, migrateLocally, serveLocally } from "./wrangler.ts";

const ROOT = new URL("../../", import.meta.url);
const DEV_VARS = new URL(".dev.vars", ROOT);
const PORT_DEFAULT = 8787;

/**
 * Serves Edgeshelf on this machine until it is told to stop; a state that has no release yet gets the demo shop, unless
 * SHOP is `none`.
 * @returns the exit code
 */
export async function runLocally(environment: NodeJS.ProcessEnv): Promise<number> {
	const port = portOf(environment.PORT);
	const withDemo = isDemoWanted(environment.SHOP);
	await checkPortIsFree(port);
	writeSecrets();
	const stopAsked = new Promise<"stopped">((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve("stopped"));
	});

	// The slow part of the build, ahead of wrangler's own run of it, whose time is limited.
	if ((await Promise.race([stopAsked, buildRuntime(environment)])) === "stopped") return 0;
	// What is under way when a stop is asked for ends with this process: its guard sees the pipe close.
	say("Bringing the local database up to date …");
	if ((await Promise.race([stopAsked, migrateLocally()])) === "stopped") return 0;
	say("Starting the Worker …");
	const address = new URL(`http://127.0.0.1:${port}/`);
	// Our own requests while filling and warming up are not worth a line each.
	let isOpen = false;
	const server = await Promise.race([stopAsked, serveLocally(address, (text) => isOpen && process.stdout.write(withoutCron(text)))]);
	if (server === "stopped") return 0;

	const ended = server.ended.then(() => "ended" as const);
	let stopCron: () => void = () => undefined;
	try {
		const outcome = await Promise.race([stopAsked, ended, prepare(address, withDemo)]);
		if (outcome !== "prepared") return codeOf(outcome);
		isOpen = true;
		stopCron = startLocalCron(address, cronsOf(readFileSync(new URL("wrangler.toml", ROOT), "utf8")), (line) => console.error(line));
		return codeOf(await Promise.race([stopAsked, ended]));
	} finally {
		stopCron();
		await server.stop();
	}
}

/** Seeds a fresh state and says where to look. */
async function prepare(address: URL, withDemo: boolean): Promise<"prepared"> {
	const catalogue = makeCatalogue();
	const client = createClient(address.href);
	let release = await activeRelease(client);
	if (!withDemo) {
		say(`\n  API        ${address.href}docs\n  Release    ${release ?? "none yet"}\n\nCtrl-C stops it.`);
		return "prepared";
	}
	if (release === null) {
		say(`Filling the empty state with the demo shop (${catalogue.length} products) …`);
		release = await seedDemo(client, catalogue);
	}
	const shoes = catalogue.filter(({ category, product }) => category.key === "shoes" && product.stock !== 0);
	const history = shoes.slice(0, 2).map(({ product }) => ({ item: product.id }));
	const source = await warmUp(client, history);
	if (source !== "personal") say(`The encoder did not answer; the rung "${source}" did.`);
	say(welcome(address, release, history));
	return "prepared";
}

function welcome(address: URL, release: string, history: readonly { readonly item: string }[]): string {
	return `
  Shop       ${address.href}
  Console    ${address.href}console/ (its token: EDGESHELF_TOKEN in .dev.vars)
  API        ${address.href}docs
  Release    ${release}

Try it:

  curl -s ${address.href}v1/recommendations -d '${JSON.stringify({ history, limit: 5 })}'

Ctrl-C stops it; what it learnt stays in .wrangler/state.
`;
}

function portOf(text: string | undefined): number {
	if (!text) return PORT_DEFAULT;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new CommandFailure(`PORT must be 1 to 65535, not "${text}"`);
	return port;
}

function isDemoWanted(text: string | undefined): boolean {
	if (text && text !== "none" && text !== "demo") throw new CommandFailure(`SHOP must be "demo" or "none", not "${text}"`);
	return text !== "none";
}

/** Makes `.dev.vars` whole; only its owner may read it. */
function writeSecrets(): void {
	const before = existsSync(DEV_VARS) ? readFileSync(DEV_VARS, "utf8") : "";
	const after = completeSecrets(before);
	if (after === before) return;
	writeFileSync(DEV_VARS, after, { mode: 0o600 });
	chmodSync(DEV_VARS, 0o600);
	say("Wrote random secrets for this machine to .dev.vars.");
}

/** The Worker's log without a line a minute for each cron. */
const withoutCron = (text: string): string =>
	text
		.split(/(?<=\n)/)
		.filter((line) => !line.includes("/cdn-cgi/handler/scheduled"))
		.join("");

const codeOf = (outcome: "stopped" | "ended"): number => (outcome === "stopped" ? 0 : 1);
const say = (line: string): void => console.log(line);
