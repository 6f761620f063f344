import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { cpuOfChildren } from "./cpu.ts";

export const TOKEN = "operator";

export type Workerd = {
	/** Of a socket that leads to the Worker itself, without Miniflare's own Worker before it. */
	readonly address: URL;
	/** From the start of the process to a socket that listens; the Worker's global scope has run by then. */
	readonly listeningMs: number;
	/** CPU time of the process until then, all threads, milliseconds; null where it cannot be told. */
	readonly listeningCpuMs: number | null;
	/** Reaches the stores beside the Worker, which is not called. */
	readonly miniflare: Miniflare;
};

/**
 * Starts a workerd with the built Worker and the stores of wrangler.toml, and no dev proxy.
 * @param bundle folder that `wrangler deploy --dry-run --outdir` wrote
 * @param state  folder of the stores' content
 */
export async function startWorkerd(bundle: string, state: string): Promise<Workerd> {
	const started = performance.now();
	const miniflare = new Miniflare({
		...convertV4MiniflareOptions({
			name: "edgeshelf",
			host: "127.0.0.1",
			port: 0,
			modulesRoot: bundle,
			modules: modulesOf(bundle),
			compatibilityDate: "2026-10-20",
			d1Databases: { DB: "edgeshelf" },
			kvNamespaces: { RELEASES: "edgeshelf-releases" },
			r2Buckets: { LOG: "edgeshelf-log" },
			queueProducers: { FEEDBACK: "edgeshelf-feedback" },
			ratelimits: { RATE_LIMIT: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } } },
			serviceBindings: { ASSETS: () => new Response(null, { status: 404 }) as never },
			bindings: {
				CONSENT_DEFAULT: "granted",
				RETRAIN_MIN_EVENTS: "10000",
				RETRAIN_MAX_AGE_SECONDS: "604800",
				LOG_RETENTION_DAYS: "30",
				RETRAIN_WEBHOOK_URL: "",
				K_PAIR_MIN: "3",
				CORS_ORIGINS: "*",
				LOCAL_EPSILON: "",
				SURFACES: "home",
				SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
				LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
				ADMIN_TOKENS: JSON.stringify([
					{ name: "bench", sha256: createHash("sha256").update(TOKEN).digest("hex"), scopes: ["catalogue", "release", "read"] },
				]),
			},
			unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
		}),
		resourcePersistencePath: state,
	});
	await miniflare.ready;
	const listeningMs = performance.now() - started;
	const listeningCpuMs = cpuOfChildren();
	return { address: await miniflare.unsafeGetDirectURL(), listeningMs, listeningCpuMs, miniflare };
}

/** The entry first, then what it imports. */
function modulesOf(bundle: string) {
	const files = globSync("*.{js,wasm,bin}", { cwd: bundle }).sort((a, b) => Number(b === "index.js") - Number(a === "index.js"));
	return files.map((file) => {
		const type = file.endsWith(".js") ? "ESModule" : file.endsWith(".wasm") ? "CompiledWasm" : "Data";
		return { type, path: relative(process.cwd(), join(bundle, file)) } as const;
	});
}
