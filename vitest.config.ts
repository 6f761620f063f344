import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const migrations = await readD1Migrations("migrations");

/** Secrets for tests alone; deployments have their own (see wrangler.toml). */
const TEST_SECRETS = {
	SIGNING_KEY: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: "IB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE=" } }),
	ADMIN_TOKENS: "[]",
};

/** A test that hangs ends; one on a machine with other work does not. */
const BUSY_MACHINE_MS = 60_000;

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "unit",
					testTimeout: BUSY_MACHINE_MS,
					include: ["src/**/*.test.ts", "client/**/*.test.ts", "web/**/*.test.ts", "cli/**/*.test.ts", "test/unit/**/*.test.ts"],
					environment: "node",
				},
			},
			{
				plugins: [
					cloudflareTest({
						main: "./test/worker.ts",
						remoteBindings: false,
						// Not by `configPath`: its [define] for ONNX Runtime would take `process` from vitest itself.
						miniflare: {
							compatibilityDate: "2026-10-20",
							kvNamespaces: ["RELEASES"],
							d1Databases: ["DB"],
							r2Buckets: ["LOG"],
							queueProducers: { FEEDBACK: "edgeshelf-feedback" },
							ratelimits: { RATE_LIMIT: { namespace_id: "1001", simple: { limit: 300, period: 60 } } },
							bindings: { ...TEST_SECRETS, TEST_MIGRATIONS: migrations },
						},
					}),
				],
				test: { name: "worker", testTimeout: BUSY_MACHINE_MS, hookTimeout: BUSY_MACHINE_MS, include: ["test/*.test.ts"] },
			},
			{
				test: {
					name: "edge",
					include: ["test/edge/**/*.test.ts"],
					environment: "node",
					// One workerd with ONNX Runtime at a time: two would share the cores and outlast each other's time-outs.
					fileParallelism: false,
					testTimeout: BUSY_MACHINE_MS,
					hookTimeout: BUSY_MACHINE_MS,
				},
			},
			{
				test: {
					name: "browser",
					include: ["test/browser/**/*.test.ts"],
					environment: "node",
					// A browser and a workerd to each file.
					fileParallelism: false,
					testTimeout: 3 * BUSY_MACHINE_MS,
					hookTimeout: 3 * BUSY_MACHINE_MS,
				},
			},
		],
	},
});
