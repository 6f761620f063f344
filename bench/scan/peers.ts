import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileKernel } from "../../cli/build-kernels.ts";

const ROOT = new URL("../../", import.meta.url);
const HERE = fileURLToPath(new URL(".", import.meta.url));
/** What the bench makes for itself: an environment of its own, and the compiled C loop. */
const CACHE = fileURLToPath(new URL(".cache/scan/", ROOT));

const succeeds = (command: string, args: readonly string[]) =>
	spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;

/** @returns the program of the plain C loop for one dimension; null without gcc */
export function buildNative(dim: number): string | null {
	mkdirSync(CACHE, { recursive: true });
	const program = `${CACHE}native-${dim}`;
	return succeeds("gcc", ["-O3", "-march=native", `-DDIM=${dim}`, `${HERE}native.c`, "-o", program]) ? program : null;
}

/** @returns a Python with FAISS and usearch; null where they cannot be installed */
export function preparePeers(): string | null {
	const python = `${CACHE}venv/bin/python`;
	const requirements = readFileSync(`${HERE}requirements.txt`, "utf8");
	const stamp = `${CACHE}venv/requirements.txt`;
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === requirements) return python;
	mkdirSync(CACHE, { recursive: true });
	const isThere =
		succeeds("python3", ["-m", "venv", `${CACHE}venv`]) &&
		succeeds(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", `${HERE}requirements.txt`]);
	if (isThere) writeFileSync(stamp, requirements);
	return isThere ? python : null;
}

/** The kernel that only reads, beside the bench's Worker. */
export function buildReader(): void {
	writeFileSync(`${HERE}read.generated.wasm`, compileKernel("kernels/read.ts", ["simd"]));
}
export const peersScript = `${HERE}peers.py`;
export const cacheFile = (name: string) => `${CACHE}${name}`;
