import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { UNKNOWN_CONTEXT } from "../src/contract/context.ts";
import { SCOPES } from "../src/contract/errors.ts";
import type { Product } from "../src/contract/product.ts";
import { createApp } from "../src/http/app.ts";
import type { Services } from "../src/http/services.ts";
import { createPlainSpace } from "../src/pipeline/plain-space.ts";
import type { MakeEncoder } from "../src/pipeline/ports.ts";
import { createRecommender } from "../src/pipeline/recommender.ts";
import { importSigningKey, readRecommendationId } from "../src/privacy/recommendation-id.ts";
import { createReleaseRegistry } from "../src/retrain/release-registry.ts";
import { createCatalogue } from "../src/store/catalogue.ts";
import { createHotListSource } from "../src/store/hot-list-reader.ts";
import { createOverlaySource } from "../src/store/overlay.ts";
import { createReleaseSource } from "../src/store/release-source.ts";
import { createRules } from "../src/store/rules.ts";
import { createSearchSource } from "../src/store/search-source.ts";
import { createSynonyms } from "../src/store/synonyms.ts";
import { NOW, releasePorts, sha256 } from "./admin-fixtures.ts";
import { meanEncoder } from "./fixtures/mean-encoder.ts";
import { tinyRelease } from "./fixtures/tiny-release.ts";

export const product = (id: string, values: Partial<Product> = {}): Product => ({
	id,
	title: id,
	titles: null,
	description: null,
	category: null,
	brand: null,
	price: null,
	currency: null,
	stock: null,
	image: null,
	url: null,
	group: null,
	attributes: {},
	...values,
});

/** Upserts products at a time of the shop's. */
export const list = (products: readonly Product[], now = NOW) => createCatalogue(env.DB).upsert(products, now);

/** The tiny release, uploaded and active, or below a share of 1 the canary. @returns its id */
export async function publishTiny(share = 1, time?: string): Promise<string> {
	const { manifest, files } = await tinyRelease(new Uint8Array([1]), {}, time);
	const registry = createReleaseRegistry(releasePorts());
	const chunks = async function* (bytes: Uint8Array) {
		yield bytes;
	};
	for (const [name, bytes] of Object.entries({ ...files, "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)) })) {
		expect(await registry.put(manifest.id, name, chunks(bytes), NOW)).toMatchObject({ ok: true });
	}
	expect(await registry.activate(manifest.id, { by: "operator", share }, "test", NOW)).toMatchObject({ ok: true });
	return manifest.id;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";
const TOKEN = "everything";
const TOKENS = [{ name: TOKEN, sha256: await sha256(TOKEN), scopes: [...SCOPES] }];

const SIGNING_KEY = new Uint8Array(32).fill(1);

type Setup = { readonly makeEncoder?: MakeEncoder; readonly db?: D1Database; readonly kv?: KVNamespace };

/** A binding of which nothing ever comes back but failures. */
export const deadBinding = <T extends object>(): T =>
	new Proxy({} as T, {
		get: () => () => {
			throw new Error("made to fail");
		},
	});

/** One isolate with the shopper's routes over the real stores, the tiny release's rule in place of ONNX Runtime. */
export function createShop({ makeEncoder = async () => meanEncoder(), db = env.DB, kv = env.RELEASES }: Setup = {}) {
	let now = NOW;
	const faults: string[] = [];
	const services = {
		recommender: createRecommender({
			releases: createReleaseSource(db, kv),
			overlay: createOverlaySource(db),
			hotLists: createHotListSource(db, kv),
			rules: createRules(db),
			searched: createSearchSource(db, kv),
			makeEncoder,
			makeRowSpace: createPlainSpace,
			signingKey: SIGNING_KEY,
			now: () => now,
			clock: () => 0,
			newSeed: () => 1,
			explored: new Map([["email", { share: 1, keep: 1 }]]),
			surfaceOf: (surface) => surface,
			log: ({ what, rung, file }) => faults.push(`${what} ${rung ?? file}`),
		}),
		readIds: async (ids) => {
			const key = await importSigningKey(SIGNING_KEY);
			const read = await Promise.all(ids.map((id) => readRecommendationId(key, id)));
			return read.map((each) => (each.ok ? each.value : null));
		},
		metrics: { record: () => {}, flush: () => null },
		rules: createRules(db),
		synonyms: createSynonyms(db),
		tokens: TOKENS,
		access: null,
		senderOf: async () => ({ context: UNKNOWN_CONTEXT, visitor: async () => null, origin: null }),
		corsOrigins: ["*"],
		consentDefault: true,
		allow: async () => true,
		now: () => now,
	} satisfies Partial<Services> as unknown as Services;
	const app = createApp(services);

	/** One request; then all that it started is let run to its end. */
	async function ask(method: Method, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
		const ctx = createExecutionContext();
		const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
		const response = await app.request(path, init, env, ctx);
		await waitOnExecutionContext(ctx);
		return response;
	}
	return {
		ask,
		faults,
		advance(seconds: number) {
			now += seconds;
		},
		/** With a token for everything. */
		admin: (method: Method, path: string, body?: object) => ask(method, path, body, { authorization: `Bearer ${TOKEN}` }),
		/** The body of an answer that is a 200. */
		async answer<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
			const response = await ask(method, path, body);
			const text = await response.text();
			expect([response.status, response.headers.get("x-request-id")], text).toEqual([200, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
			return JSON.parse(text) as T;
		},
		/** Lets the isolate load what serves. */
		async warm() {
			await ask("POST", "/v1/recommendations", {});
			await ask("POST", "/v1/recommendations", {});
		},
	};
}
