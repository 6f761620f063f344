import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE_FOLDER } from "../cache.ts";
import { trimRuntime } from "./trim.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SOURCE = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
const TARGET = join(ROOT, "src/runtime/ort.generated.wasm");
/** All that decides what is kept: the code that runs and that is run, the graphs, and the committed releases. */
const DECIDES = [
	"cli/trim/*.ts",
	"cli/trim/graphs/*",
	"src/runtime/*.{ts,bin}",
	"models/*/{manifest.json,encoder.int8.onnx}",
	"package-lock.json",
];

/**
 * Writes the ONNX Runtime that the Worker is built with: trimmed, from the cache where nothing has changed that decides what
 * is kept; or as it came, when ORT is `untrimmed`.
 * @throws Error when the trimmed one does not do what the untrimmed one does
 */
export async function buildRuntime(environment: NodeJS.ProcessEnv): Promise<void> {
	const choice = environment.ORT || "trimmed";
	if (choice !== "trimmed" && choice !== "untrimmed") throw new Error(`ORT must be "trimmed" or "untrimmed", not "${choice}"`);
	const untrimmed = new Uint8Array(readFileSync(SOURCE));
	const wasm = choice === "untrimmed" ? untrimmed : await trimmed(untrimmed);
	// Unchanged, it is left alone: `wrangler dev` would build again.
	if (!existsSync(TARGET) || !readFileSync(TARGET).equals(wasm)) replaceFile(TARGET, wasm);
}

async function trimmed(untrimmed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
	const hash = createHash("sha256").update(untrimmed);
	for (const file of DECIDES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort()) {
		hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
	}
	const cached = join(CACHE_FOLDER, `ort-${hash.digest("hex").slice(0, 32)}.wasm`);
	if (existsSync(cached)) return readFileSync(cached);
	console.log("Trimming ONNX Runtime to what the encoder uses …");
	const { wasm, functions, kept } = await trimRuntime(untrimmed);
	console.log(`  ${kept} of ${functions} functions are left, ${megabytes(wasm)} of ${megabytes(untrimmed)}`);
	mkdirSync(CACHE_FOLDER, { recursive: true });
	for (const old of globSync("ort-*.wasm", { cwd: CACHE_FOLDER })) rmSync(join(CACHE_FOLDER, basename(old)), { force: true });
	replaceFile(cached, wasm);
	return wasm;
}

/** At once, since another build may be reading it. */
function replaceFile(file: string, content: Uint8Array): void {
	const draft = `${file}.${process.pid}`;
	writeFileSync(draft, content);
	renameSync(draft, file);
}

const megabytes = ({ length }: Uint8Array): string => `${(length / 1e6).toFixed(1)} MB`;
