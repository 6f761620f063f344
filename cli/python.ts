import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "./outcome.ts";

const TRAINING = new URL("../training/", import.meta.url);
const OLDEST = [3, 10] as const;
const CANDIDATES =
	process.platform === "win32" ? ["python", "py"] : ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];

/** The folder that holds the trainer's package: where it is started. */
export const TRAINING_FOLDER = fileURLToPath(TRAINING);

/**
 * Makes the trainer's environment, `training/.venv`, unless it is there with these very requirements, all packages in the versions of `constraints.txt`.
 * @returns path of its Python
 * @throws CommandFailure without a Python of 3.10 or later, and when the installation fails
 */
export async function preparePython(): Promise<string> {
	const environment = new URL(".venv/", TRAINING);
	const python = fileURLToPath(new URL(process.platform === "win32" ? "Scripts/python.exe" : "bin/python", environment));
	const stated = ["requirements.txt", "constraints.txt"].map((file) => readFileSync(new URL(file, TRAINING)));
	const stamp = createHash("sha256").update(Buffer.concat(stated)).digest("hex");
	const stampFile = new URL("requirements.sha256", environment);
	if (existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return python;

	console.error("Preparing the trainer's Python environment (training/.venv); this is done once.");
	if (!existsSync(python)) makeEnvironment(fileURLToPath(environment));
	run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt", "-c", "constraints.txt"]);
	writeFileSync(stampFile, stamp);
	return python;
}

function makeEnvironment(folder: string): void {
	try {
		run(findPython(), ["-m", "venv", folder]);
	} catch (thrown) {
		// A half-made environment has a python but no pip, and would be taken for a whole one.
		rmSync(folder, { recursive: true, force: true });
		throw thrown;
	}
}

/** @returns the first Python that is new enough */
function findPython(): string {
	const probe = "import sys; print(sys.version_info[0], sys.version_info[1])";
	for (const candidate of CANDIDATES) {
		const { status, stdout } = spawnSync(candidate, ["-c", probe], { encoding: "utf8" });
		if (status !== 0) continue;
		const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
		if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return candidate;
	}
	throw new CommandFailure(`training needs Python ${OLDEST.join(".")} or later, and none was found on the PATH`);
}

function run(command: string, args: readonly string[]): void {
	const { status } = spawnSync(command, args, { cwd: TRAINING_FOLDER, stdio: ["ignore", "inherit", "inherit"] });
	if (status !== 0)
		throw new CommandFailure(`the trainer's environment could not be made: "${command} ${args.slice(0, 3).join(" ")}" failed`);
}
