import { performance } from "node:perf_hooks";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { modulesOf } from "../workerd/bundle.ts";
import { cpuOfWorkerd } from "../workerd/process.ts";
import { COMPATIBILITY_DATE, settings } from "../workerd/surroundings.ts";

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
 * @param bundle folder as `bundleInto` fills it
 * @param state  folder of the stores' content
 */
export async function startWorkerd(bundle: string, state: string): Promise<Workerd> {
	const started = performance.now();
	const miniflare = new Miniflare({
		...convertV4MiniflareOptions({
			name: "edgeshelf",
			host: "127.0.0.1",
			port: 0,
			modules: modulesOf(bundle),
			compatibilityDate: COMPATIBILITY_DATE,
			d1Databases: { DB: "edgeshelf" },
			kvNamespaces: { RELEASES: "edgeshelf-releases" },
			r2Buckets: { LOG: "edgeshelf-log" },
			queueProducers: { FEEDBACK: "edgeshelf-feedback" },
			ratelimits: { RATE_LIMIT: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } } },
			serviceBindings: { ASSETS: () => new Response(null, { status: 404 }) as never },
			bindings: settings(TOKEN),
			unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
		}),
		resourcePersistencePath: state,
	});
	await miniflare.ready;
	const listeningMs = performance.now() - started;
	const listeningCpuMs = cpuOfWorkerd();
	return { address: await miniflare.unsafeGetDirectURL(), listeningMs, listeningCpuMs, miniflare };
}
