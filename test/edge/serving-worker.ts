import untrimmed from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import { createApp } from "../../src/http/app.ts";
import { createDoor } from "../../src/http/sender.ts";
import type { Services } from "../../src/http/services.ts";
import { verifyRelease } from "../../src/pipeline/load-release.ts";
import type { MakeEncoder } from "../../src/pipeline/ports.ts";
import { createRecommender } from "../../src/pipeline/recommender.ts";
import { createReleaseRegistry } from "../../src/retrain/release-registry.ts";
import first from "../../src/runtime/boot-encoder.bin";
import { createKernelSpaces, hasRelaxedSimd } from "../../src/runtime/kernels.ts";
import relaxed from "../../src/runtime/kernels-relaxed.generated.wasm";
import simd from "../../src/runtime/kernels-simd.generated.wasm";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import shipped from "../../src/runtime/ort.generated.wasm";
import { createDaySalt } from "../../src/store/day-salt.ts";
import { createHotListSource } from "../../src/store/hot-list-reader.ts";
import { createOverlaySource } from "../../src/store/overlay.ts";
import { createPointerStore } from "../../src/store/pointer.ts";
import { createReleaseFiles } from "../../src/store/release-files.ts";
import { createReleaseRows } from "../../src/store/release-registry.ts";
import { createReleaseSource } from "../../src/store/release-source.ts";
import { createReleasedFeatures } from "../../src/store/released-features.ts";
import { createRules } from "../../src/store/rules.ts";
import { createRunRegistry } from "../../src/store/run-registry.ts";
import { createSearchSource } from "../../src/store/search-source.ts";

const onnx = createOnnxEncoders(untrimmed);
const spaces = createKernelSpaces(hasRelaxedSimd() ? relaxed : simd);
/** Encoders as the tests want them: with every operator, as they are shipped, failing at every call, or failing to come about. */
const ENCODERS: Record<string, MakeEncoder> = {
	working: onnx,
	shipped: createOnnxEncoders(shipped, new Uint8Array(first)),
	throwing: async (model) => ({
		...(await onnx(model)),
		encode: () => {
			throw new Error("made to fail");
		},
	}),
	absent: () => Promise.reject(new Error("made to fail")),
};

/** Seconds by which the clock was moved. */
let ahead = 0;
const now = () => Math.floor(Date.now() / 1000) + ahead;
let app: ReturnType<typeof compose> | null = null;

/** What a new isolate would build. */
function compose(env: Env, makeEncoder: MakeEncoder) {
	const rows = createReleaseRows(env.DB);
	const recommender = createRecommender({
		releases: createReleaseSource(env.DB, env.RELEASES),
		overlay: createOverlaySource(env.DB),
		hotLists: createHotListSource(env.DB, env.RELEASES),
		rules: createRules(env.DB),
		searched: createSearchSource(env.DB, env.RELEASES),
		makeEncoder,
		makeRowSpace: spaces,
		signingKey: Uint8Array.from(atob(env.SIGNING_KEY), (c) => c.charCodeAt(0)),
		now,
		clock: () => performance.now(),
		newSeed: () => 1,
		explored: new Map([["email", { share: 1, keep: 1 }]]),
		surfaceOf: (surface) => surface,
		log: (entry) => console.log(JSON.stringify(entry)),
	});
	const services = {
		recommender,
		releases: createReleaseRegistry({
			rows,
			files: createReleaseFiles(env.RELEASES, env.LOG),
			pointer: createPointerStore(env.DB, env.RELEASES),
			runs: createRunRegistry(env.DB),
			verify: (manifest, stored) => verifyRelease(manifest, stored, onnx, spaces),
			terms: { kPairMin: 3, epsilonMax: null },
		}),
		corsOrigins: ["*"],
		consentDefault: true,
		metrics: { record: () => {}, flush: () => null },
		tokens: JSON.parse(env.ADMIN_TOKENS),
		access: null,
		allow: async ({ origin }) => origin === null || (await env.RATE_LIMIT.limit({ key: origin })).success,
		...createDoor(createDaySalt(env.RELEASES), createReleasedFeatures(env.DB), now),
		now,
	} satisfies Partial<Services> as unknown as Services;
	const routes = createApp(services);
	return { routes, recommender };
}

export default {
	async fetch(request, env, ctx) {
		const { pathname, searchParams } = new URL(request.url);
		if (pathname === "/test/restart") {
			app = compose(env, ENCODERS[searchParams.get("encoder") ?? "working"] as MakeEncoder);
			return new Response();
		}
		if (pathname === "/test/advance") {
			ahead += Number(searchParams.get("seconds"));
			return new Response();
		}
		app ??= compose(env, onnx);
		if (pathname === "/test/state") return Response.json(app.recommender.state());
		return app.routes.fetch(request, env, ctx);
	},
} satisfies ExportedHandler<Env>;
