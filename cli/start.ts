/** `npm start`: Edgeshelf on this machine, with the demo shop. PORT chooses another port than 8787. */
import { existsSync } from "node:fs";

const isMusl = () => {
	const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
	return process.platform === "linux" && report.header?.glibcVersionRuntime === undefined;
};

/** Why it cannot run here, in one sentence; null when it can. Reads nothing from packages, which may be missing. */
function obstacle(): string | null {
	if (!existsSync(new URL("../node_modules/wrangler", import.meta.url))) return "the packages are not installed; run: npm ci";
	if (!["x64", "arm64"].includes(process.arch)) return `workerd has no build for ${process.platform} on ${process.arch}`;
	if (isMusl()) return "workerd needs glibc, which this Linux does not have; a Debian or Ubuntu container will do";
	return null;
}

/** @returns the exit code */
async function main(): Promise<number> {
	const reason = obstacle();
	if (reason !== null) {
		console.error(`npm start: ${reason}`);
		return 1;
	}
	const { runLocally } = await import("./start/run.ts");
	const { CommandFailure } = await import("./outcome.ts");
	try {
		return await runLocally(process.env);
	} catch (thrown) {
		if (!(thrown instanceof CommandFailure)) throw thrown;
		console.error(`npm start: ${thrown.message}`);
		return 1;
	}
}

process.exit(await main());
