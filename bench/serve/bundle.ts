import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** One module of a bundle as Miniflare takes it; the entry stands first. */
export type Module = { readonly type: "ESModule" | "CompiledWasm"; readonly path: string; readonly contents: Uint8Array };

/**
 * Bundles a Worker as a deployment would, by `wrangler deploy --dry-run`.
 * @param config its wrangler.toml, from the project's root
 * @param minify false: names stay readable in a profile
 */
export function bundle(config: string, minify = true): Module[] {
	const out = mkdtempSync(join(tmpdir(), "edgeshelf-bundle-"));
	try {
		const args = [WRANGLER, "deploy", "--config", resolve(ROOT, config), "--dry-run", "--outdir", out, ...(minify ? ["--minify"] : [])];
		const { status, stdout, stderr } = spawnSync(process.execPath, args, {
			cwd: ROOT,
			encoding: "utf8",
			env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
		});
		if (status !== 0) throw new Error(`${config} cannot be bundled:\n${stdout}${stderr}`);
		const files = readdirSync(out);
		const entry = files.find((file) => file.endsWith(".js"));
		if (entry === undefined) throw new Error(`${config} gave no script`);
		const read = (type: Module["type"], path: string): Module => ({ type, path, contents: readFileSync(join(out, path)) });
		return [read("ESModule", entry), ...files.filter((file) => file.endsWith(".wasm")).map((file) => read("CompiledWasm", file))];
	} finally {
		rmSync(out, { recursive: true });
	}
}
