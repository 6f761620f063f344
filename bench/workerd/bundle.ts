import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm", ".bin": "Data" } as const;

/** One module of a bundle as Miniflare takes it. */
export type Module = { readonly type: (typeof TYPES)[keyof typeof TYPES]; readonly path: string; readonly contents: Uint8Array };

export type BundleOptions = {
	/** wrangler.toml of the Worker, from the project's root. */
	readonly config?: string;
	/** Its script, from the project's root; absent: the config's own. */
	readonly entry?: string;
	/** false: names stay readable in a profile. */
	readonly minify?: boolean;
	/** ONNX Runtime of the build: "trimmed" or "untrimmed". */
	readonly ort?: string;
};

/**
 * Bundles a Worker as a deployment would, by `wrangler deploy --dry-run`.
 * @throws Error with wrangler's own words when it cannot be bundled
 */
export function bundleInto(folder: string, { config = "wrangler.toml", entry, minify = true, ort = "" }: BundleOptions): void {
	const script = entry === undefined ? [] : [entry];
	const options = ["--config", resolve(ROOT, config), "--dry-run", "--outdir", folder, ...(minify ? ["--minify"] : [])];
	const { status, stdout, stderr } = spawnSync(process.execPath, [WRANGLER, "deploy", ...script, ...options], {
		cwd: ROOT,
		encoding: "utf8",
		env: { ...process.env, ORT: ort, WRANGLER_SEND_METRICS: "false", CI: "true" },
	});
	if (status !== 0) throw new Error(`${config} cannot be bundled:\n${stdout}${stderr}`);
}

/** The modules of a bundle, the script first. */
export function modulesOf(folder: string): Module[] {
	const typeOf = (path: string) => TYPES[extname(path) as keyof typeof TYPES];
	return readdirSync(folder)
		.filter((path) => typeOf(path) !== undefined)
		.map((path) => ({ type: typeOf(path), path, contents: readFileSync(join(folder, path)) }))
		.sort((a, b) => Number(b.type === "ESModule") - Number(a.type === "ESModule"));
}
