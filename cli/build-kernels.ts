import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("..", import.meta.url);
/** AssemblyScript's compiler. Its own types would redefine `console`, hence not as a library. */
const ASC = fileURLToPath(new URL("node_modules/assemblyscript/bin/asc.js", ROOT));
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--importMemory"];

/** Builds of the same sources: file in `src/runtime`, and what of WebAssembly it uses. */
const BUILDS = [
	{ file: "kernels-simd.generated.wasm", features: ["simd"] },
	{ file: "kernels-relaxed.generated.wasm", features: ["simd", "relaxed-simd"] },
] as const;

/** Compiles the kernels, unless they are newer than their sources and the lock file. @throws Error when they do not compile */
export function buildKernels(): void {
	const sources = globSync("kernels/*.ts", { cwd: fileURLToPath(ROOT) });
	const newest = Math.max(...[...sources, "package-lock.json"].map((file) => statSync(new URL(file, ROOT)).mtimeMs));
	for (const { file, features } of BUILDS) {
		const target = new URL(`src/runtime/${file}`, ROOT);
		if (existsSync(target) && statSync(target).mtimeMs > newest) continue;
		writeFileSync(target, compileKernel("kernels/index.ts", features));
	}
}

/**
 * @param source path from the project's root
 * @returns the WebAssembly binary
 */
export function compileKernel(source: string, features: readonly string[]): Uint8Array<ArrayBuffer> {
	const folder = mkdtempSync(join(tmpdir(), "edgeshelf-kernels-"));
	const outFile = join(folder, "out.wasm");
	try {
		const args = [ASC, source, "--outFile", outFile, ...OPTIONS, ...features.flatMap((feature) => ["--enable", feature])];
		const { status } = spawnSync(process.execPath, args, { cwd: fileURLToPath(ROOT), stdio: ["ignore", "inherit", "inherit"] });
		if (status !== 0) throw new Error(`${source} does not compile`);
		return new Uint8Array(readFileSync(outFile));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
