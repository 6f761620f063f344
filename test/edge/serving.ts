import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { D1Database, KVNamespace } from "@cloudflare/workers-types";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { createTestHarness } from "wrangler";
import type { RecommendationResponse } from "../../src/contract/recommendation.ts";
import type { ServingState } from "../../src/pipeline/ports.ts";
import { tinyRelease } from "../fixtures/tiny-release.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TOKEN = "operator";
export const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
/** Model of the tiny release; tiny_encoder.py makes it. */
export const TINY_MODEL = new Uint8Array(readFileSync(resolve(import.meta.dirname, "../fixtures/tiny-encoder.onnx")));

type Stored = { readonly manifest: { readonly id: string }; readonly files: Readonly<Record<string, Uint8Array>> };

/** The serving path in workerd for one test file: starts before its tests and stops after them. */
export function openServing() {
	const server = createTestHarness({
		root: ROOT,
		workers: [
			{
				configPath: resolve(import.meta.dirname, "serving.wrangler.toml"),
				secrets: {
					SIGNING_KEY: Buffer.alloc(32, 1).toString("base64"),
					LOG_KEYS: JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(32, 2).toString("base64") } }),
					ADMIN_TOKENS: JSON.stringify([
						{ name: "test", sha256: createHash("sha256").update(TOKEN).digest("hex"), scopes: ["read", "release", "train"] },
					]),
				},
			},
		],
	});
	const worker = server.getWorker<{ DB: D1Database; RELEASES: KVNamespace }>();
	beforeAll(async () => {
		await server.listen();
		await worker.applyD1Migrations("DB");
	});
	afterAll(() => server.close());

	async function send(path: string, body: string | Uint8Array, headers: Record<string, string> = {}, method = "POST") {
		return server.fetch(path, { method, headers, body });
	}
	async function recommend(request: object, headers: Record<string, string> = {}): Promise<RecommendationResponse> {
		const response = await send("/v1/recommendations", JSON.stringify(request), headers);
		expect(response.status).toBe(200);
		return (await response.json()) as RecommendationResponse;
	}
	return {
		server,
		send,
		recommend,
		bindings: () => worker.getEnv(),
		/** Uploads a release and makes it active, as an operator would. */
		async publish({ manifest, files }: Stored): Promise<string> {
			const { id } = manifest;
			for (const [name, content] of Object.entries({ ...files, "manifest.json": JSON.stringify(manifest) })) {
				const response = await send(`/admin/releases/${id}/${name}`, content, AUTHORIZED, "PUT");
				expect([name, response.status]).toEqual([name, 200]);
			}
			const activated = await send(`/admin/releases/${id}/activate`, JSON.stringify({ by: "operator" }), AUTHORIZED);
			expect(await activated.json()).toMatchObject({ active: id });
			return id;
		},
		tiny: (time: string) => tinyRelease(TINY_MODEL, {}, time),
		/** A new isolate, with encoders that know every operator, are shipped as they are, throw at every call, or cannot be made. */
		async restart(encoder: "working" | "shipped" | "throwing" | "absent" = "working") {
			await server.fetch(`/test/restart?encoder=${encoder}`);
		},
		/** Moves the Worker's clock. */
		advance: (seconds: number) => server.fetch(`/test/advance?seconds=${seconds}`),
		async state(): Promise<ServingState> {
			return (await (await server.fetch("/test/state")).json()) as ServingState;
		},
		/** Asks until a release answers: a cold isolate loads beside its first answer. */
		async warm(request: object): Promise<RecommendationResponse> {
			return vi.waitFor(
				async () => {
					const response = await recommend(request);
					expect(response.source).not.toBe("static");
					return response;
				},
				{ timeout: 20_000, interval: 50 },
			);
		},
	};
}
