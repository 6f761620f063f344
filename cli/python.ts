import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "./outcome.ts";

const TRAINING = new URL("../training/", import.meta.url);
const OLDEST = [3, 11] as const;
const CANDIDATES = process.platform === "win32" ? ["python", "py"] : ["python3", "python3.13", "python3.12", "python3.11", "python"];

/** What every machine installs, and the builds of torch: the CPU's, where pip finds it, else those of the index. */
const LOCK = "requirements.lock";
const TORCH_LOCKS = { cpu: "requirements-cpu.lock", cuda: "requirements-cuda.lock" } as const;

/** The folder that holds the trainer's package: where it is started. */
export const TRAINING_FOLDER = fileURLToPath(TRAINING);

/**
 * Makes the trainer's environment, `training/.venv`, unless it is there from these very locks. Every package is one that a
 * lock names by its SHA-256. TORCH=cpu or cuda names the build of torch.
 * @returns path of its Python
 * @throws CommandFailure without a Python of 3.11 or later, and when the installation fails
 */
export async function preparePython(): Promise<string> {
	const environment = new URL(".venv/", TRAINING);
	const python = fileURLToPath(new URL(process.platform === "win32" ? "Scripts/python.exe" : "bin/python", environment));
	const builds = buildsOf(process.env.TORCH);
	const stated = ["requirements.txt", LOCK, ...builds.map((build) => TORCH_LOCKS[build])].map((file) =>
		readFileSync(new URL(file, TRAINING)),
	);
	const stamp = createHash("sha256").update(Buffer.concat(stated)).digest("hex");
	const stampFile = new URL("requirements.sha256", environment);
	if (existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return python;

	console.error("Preparing the trainer's Python environment (training/.venv); this is done once.");
	if (!existsSync(python)) makeEnvironment(fileURLToPath(environment));
	const build = builds.length > 1 && !isThere(python, TORCH_LOCKS.cpu) ? "cuda" : builds[0];
	run(python, [...INSTALL, "-r", TORCH_LOCKS[build], "-r", LOCK]);
	writeFileSync(stampFile, stamp);
	return python;
}

const PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
const INSTALL = [...PIP, "install", "--require-hashes"];

type Build = keyof typeof TORCH_LOCKS;

/** Builds of torch in the order in which they are tried. @throws CommandFailure for a word that is none */
function buildsOf(word: string | undefined): readonly [Build, ...Build[]] {
	if (!word) return ["cpu", "cuda"];
	if (word !== "cpu" && word !== "cuda") throw new CommandFailure(`TORCH must be "cpu" or "cuda", not "${word}"`);
	return [word];
}

/** Whether pip finds the very packages of a lock, whatever they may need. */
function isThere(python: string, lock: string): boolean {
	const { status } = spawnSync(python, [...INSTALL, "--dry-run", "--no-deps", "-r", lock], { cwd: TRAINING_FOLDER, stdio: "ignore" });
	return status === 0;
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
