/**
 * The Worker in workerd as a deployment would run it, without the dev proxy: load goes to workerd's own socket. Beside it,
 * in the same process, an empty JSON route and the encoder alone.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { PointerAnswer } from "../../cli/answers.ts";
import { type Client, createClient } from "../../cli/client.ts";
import type { ReleaseFolder } from "../../cli/release-folder.ts";
import { uploadRelease } from "../../cli/upload-release.ts";
import { RecommendationResponse } from "../../src/contract/recommendation.ts";
import { bundle, type Module } from "./bundle.ts";
import { childrenOf, pin } from "./process.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations");
const TOKEN = "bench";
const DATE = "2026-10-20";
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
	/** Uploads a release, activates it and asks `probe` until it answers with the encoder. */
	publish(release: ReleaseFolder, probe: string): Promise<void>;
	close(): Promise<void>;
};

export type StageOptions = {
	/** First of the four ports, which follow each other. */
	readonly port: number;
	/** Core of workerd. */
	readonly core: number;
	/** false: names stay readable in a profile. */
	readonly minify?: boolean;
};

export async function openStage({ port, core, minify = true }: StageOptions): Promise<Stage> {
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
					modules: withoutCounter(bundle("wrangler.toml", minify)),
					compatibilityDate: DATE,
					unsafeDirectSockets: socket(0),
					kvNamespaces: ["RELEASES"],
					d1Databases: ["DB"],
					r2Buckets: ["LOG"],
					queueProducers: { FEEDBACK: "edgeshelf-feedback" },
					queueConsumers: { "edgeshelf-feedback": { maxBatchSize: 100, maxBatchTimeout: 5 } },
					serviceBindings: { ASSETS: "empty" },
					bindings: {
						SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
						LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
						ADMIN_TOKENS: JSON.stringify([
							{ name: "bench", sha256: createHash("sha256").update(TOKEN).digest("hex"), scopes: ["read", "release"] },
						]),
						CONSENT_DEFAULT: "granted",
						RETRAIN_MIN_EVENTS: "10000",
						RETRAIN_MAX_AGE_SECONDS: "604800",
						LOG_RETENTION_DAYS: "30",
						K_PAIR_MIN: "3",
						CORS_ORIGINS: "*",
						LOCAL_EPSILON: "",
						SURFACES: "home,product",
						RETRAIN_WEBHOOK_URL: "",
					},
				},
				{ name: "empty", modules: true, script: EMPTY_WORKER, compatibilityDate: DATE, unsafeDirectSockets: socket(1) },
				{
					name: "encoder",
					modules: bundle("bench/serve/encoder.wrangler.toml"),
					compatibilityDate: DATE,
					unsafeDirectSockets: socket(2),
				},
			],
		}),
	);
	await miniflare.ready;
	const pid = childrenOf(process.pid, "workerd").find((child) => !before.has(child));
	if (pid === undefined) throw new Error("workerd is not among the children of this process");
	pin(pid, core);
	await migrate(await miniflare.getD1Database("DB", "edgeshelf"));
	const ours = `http://127.0.0.1:${port}`;
	const client = createClient(ours, { token: TOKEN });
	return {
		ours,
		empty: `http://127.0.0.1:${port + 1}`,
		encoder: `http://127.0.0.1:${port + 2}`,
		pid,
		inspector: `ws://127.0.0.1:${port + 4}/core:user:edgeshelf`,
		async publish(release, probe) {
			await uploadRelease(client, release, () => undefined);
			await client.call(PointerAnswer, "POST", `/admin/releases/${release.id}/activate`, { by: "operator" }, { idempotent: true });
			await untilServing(client, release.id, probe);
		},
		close: () => miniflare.dispose(),
	};
}

type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

async function migrate(db: Database): Promise<void> {
	for (const file of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"))) {
		const statements = readFileSync(join(MIGRATIONS, file), "utf8").split("--> statement-breakpoint");
		await db.batch(statements.filter((sql) => sql.trim() !== "").map((sql) => db.prepare(sql)));
	}
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
