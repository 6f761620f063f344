/**
 * The Worker in workerd as a deployment would run it, without the dev proxy: load goes to workerd's own socket. Beside it,
 * in the same process, an empty JSON route and the encoder alone.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { PointerAnswer } from "../../cli/answers.ts";
import { type Client, createClient } from "../../cli/client.ts";
import type { ReleaseFolder } from "../../cli/release-folder.ts";
import { uploadRelease } from "../../cli/upload-release.ts";
import { RecommendationResponse } from "../../src/contract/recommendation.ts";
import { type BundleOptions, bundleInto, type Module, modulesOf } from "../workerd/bundle.ts";
import { childrenOf, pin } from "../workerd/process.ts";
import { COMPATIBILITY_DATE as DATE, migrate, settings } from "../workerd/surroundings.ts";

/** Of all scopes; with "-" and a scope after it, of that one alone. */
export const TOKEN = "bench";
/** Longest until a release that was activated answers, milliseconds: a poll each 10 s, and the time to load it. */
const SERVING_MAX_MS = 120_000;

/** What workerd does at the very least: it reads nothing and answers `{}`. */
const EMPTY_WORKER = "export default { fetch: () => Response.json({}) };";
/**
 * The platform counts requests outside the isolate; its local stand-in writes SQLite in the same process, which would be
 * measured as ours. This entry puts one in its place that admits everybody.
 */
const entryOver = (script: string) => `
import worker from "./${script}";
const RATE_LIMIT = { limit: async () => ({ success: true }) };
let own = null;
export default {
	fetch: (request, env, ctx) => worker.fetch(request, (own ??= { ...env, RATE_LIMIT }), ctx),
	queue: (batch, env, ctx) => worker.queue(batch, (own ??= { ...env, RATE_LIMIT }), ctx),
};`;

function bundle(options: BundleOptions): Module[] {
	const folder = mkdtempSync(join(tmpdir(), "edgeshelf-bundle-"));
	try {
		bundleInto(folder, options);
		return modulesOf(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function withoutCounter(modules: readonly Module[]): Module[] {
	const contents = Buffer.from(entryOver(modules[0]?.path ?? ""));
	return [{ type: "ESModule", path: "entry.js", contents }, ...modules];
}

export type Stage = {
	readonly ours: string;
	readonly empty: string;
	readonly encoder: string;
	/** Of the workerd process. */
	readonly pid: number;
	/** Address of the Worker's isolate for the inspector. */
	readonly inspector: string;
	upload(release: ReleaseFolder): Promise<void>;
	/** Activates an uploaded release and asks `probe` until it answers with the encoder. */
	activate(release: ReleaseFolder, probe: string): Promise<void>;
	/** Both. */
	publish(release: ReleaseFolder, probe: string): Promise<void>;
	close(): Promise<void>;
};

export type StageOptions = {
	/** First of the four ports, which follow each other. */
	readonly port: number;
	/** Core of workerd; null: any. */
	readonly core: number | null;
	/** false: names stay readable in a profile. */
	readonly minify?: boolean;
	/** Laid over those of wrangler.toml. */
	readonly vars?: Readonly<Record<string, string>>;
};

export async function openStage({ port, core, minify = true, vars = {} }: StageOptions): Promise<Stage> {
	const socket = (offset: number) => [{ host: "127.0.0.1", port: port + offset }];
	const before = new Set(childrenOf(process.pid, "workerd"));
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: port + 3,
			inspectorPort: port + 4,
			workers: [
				{
					name: "edgeshelf",
					modules: withoutCounter(bundle({ minify })),
					compatibilityDate: DATE,
					unsafeDirectSockets: socket(0),
					kvNamespaces: ["RELEASES"],
					d1Databases: ["DB"],
					r2Buckets: ["LOG"],
					queueProducers: { FEEDBACK: "edgeshelf-feedback" },
					queueConsumers: { "edgeshelf-feedback": { maxBatchSize: 100, maxBatchTimeout: 5 } },
					serviceBindings: { ASSETS: "empty" },
					bindings: { ...settings(TOKEN), ...vars },
				},
				{ name: "empty", modules: true, script: EMPTY_WORKER, compatibilityDate: DATE, unsafeDirectSockets: socket(1) },
				{
					name: "encoder",
					modules: bundle({ config: "bench/serve/encoder.wrangler.toml" }),
					compatibilityDate: DATE,
					unsafeDirectSockets: socket(2),
				},
			],
		}),
	);
	await miniflare.ready;
	const pid = childrenOf(process.pid, "workerd").find((child) => !before.has(child));
	if (pid === undefined) throw new Error("workerd is not among the children of this process");
	if (core !== null) pin(pid, core);
	await migrate(await miniflare.getD1Database("DB", "edgeshelf"));
	const ours = `http://127.0.0.1:${port}`;
	const client = createClient(ours, { token: TOKEN });
	const upload = (release: ReleaseFolder) => uploadRelease(client, release, () => undefined);
	async function activate(release: ReleaseFolder, probe: string): Promise<void> {
		await client.call(PointerAnswer, "POST", `/admin/releases/${release.id}/activate`, { by: "operator" }, { idempotent: true });
		await untilServing(client, release.id, probe);
	}
	return {
		ours,
		empty: `http://127.0.0.1:${port + 1}`,
		encoder: `http://127.0.0.1:${port + 2}`,
		pid,
		inspector: `ws://127.0.0.1:${port + 4}/core:user:edgeshelf`,
		upload: async (release) => void (await upload(release)),
		activate,
		async publish(release, probe) {
			await upload(release);
			await activate(release, probe);
		},
		close: () => miniflare.dispose(),
	};
}

async function untilServing(client: Client, release: string, probe: string): Promise<void> {
	const until = Date.now() + SERVING_MAX_MS;
	for (;;) {
		const answer = await client.call(RecommendationResponse, "POST", "/v1/recommendations", JSON.parse(probe), { idempotent: true });
		if (answer.release === release && answer.source === "personal") return;
		if (Date.now() > until) throw new Error(`${release} does not serve: ${answer.source} of ${answer.release}`);
		await delay(100);
	}
}
