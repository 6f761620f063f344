import { env as globalEnv } from "cloudflare:workers";
import untrimmed from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import { createWorker } from "../../src/compose.ts";
import { rehearse } from "../../src/rehearsal.ts";
import { createKernelSpaces, hasRelaxedSimd } from "../../src/runtime/kernels.ts";
import relaxed from "../../src/runtime/kernels-relaxed.generated.wasm";
import simd from "../../src/runtime/kernels-simd.generated.wasm";
import { createOnnxEncoders } from "../../src/runtime/onnx.ts";
import { createEventLog } from "../../src/store/event-log.ts";

/** As `src/index.ts`, but for the runtime: the tests' tiny encoder has operators that the shipped one leaves out. */
const worker = createWorker(createOnnxEncoders(untrimmed), createKernelSpaces(hasRelaxedSimd() ? relaxed : simd));

/** What a first request that is played in global scope comes to. */
let rehearsed: unknown = null;
rehearse(globalEnv, async (request, understudies, ctx) => {
	const other = createWorker(() => Promise.reject(new Error("Only rehearsed")));
	rehearsed = await other.fetch(request as Parameters<typeof other.fetch>[0], understudies, ctx);
});

/**
 * The real Worker with a tap at the queue's sending side, for a scan of all that it stores or sends. `GET /test/sent` tells
 * what was sent, `GET /test/objects` what lies in the bucket, `GET /test/rehearsal` how the rehearsal ended, `POST /test/cron` runs all crons, and `POST /test/control` puts
 * the values of its body into each store on purpose: what the scan must find.
 */
const sent: unknown[] = [];
const tapped = new WeakMap<Env, Env>();

function withTap(env: Env): Env {
	const known = tapped.get(env);
	if (known !== undefined) return known;
	const queue = new Proxy(env.FEEDBACK, {
		get(target, name) {
			const value: unknown = Reflect.get(target, name);
			if (name !== "send" && name !== "sendBatch") return typeof value === "function" ? value.bind(target) : value;
			return async (messages: unknown, options: unknown) => {
				const taken: unknown[] = name === "send" ? [messages] : [...(messages as Iterable<unknown>)];
				sent.push(...taken);
				return (value as (...parameters: unknown[]) => unknown).call(target, name === "send" ? messages : taken, options);
			};
		},
	});
	const made = { ...env, FEEDBACK: queue };
	tapped.set(env, made);
	return made;
}

type Controls = Readonly<Record<"database" | "kv" | "bucket" | "log" | "queue" | "console", string>>;

async function putControls(env: Env, controls: Controls): Promise<void> {
	await env.DB.prepare("INSERT INTO counters (name, n) VALUES (?1, 1)").bind(controls.database).run();
	// The row goes; what it held stays in a free page or the write-ahead log.
	await env.DB.prepare("DELETE FROM counters WHERE name = ?1").bind(controls.database).run();
	await env.RELEASES.put("control", controls.kv);
	await env.LOG.put("control", controls.bucket);
	const { current, keys } = JSON.parse(env.LOG_KEYS) as { current: string; keys: Record<string, string> };
	const bytes = Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, Uint8Array.from(atob(key), (c) => c.charCodeAt(0))]));
	const line = { query: controls.log, receivedAt: Math.floor(Date.now() / 1000) };
	await createEventLog(env.LOG, { current, keys: bytes }).write([line as never]);
	await withTap(env).FEEDBACK.send({ control: controls.queue }, { contentType: "json" });
	console.error(JSON.stringify({ control: controls.console }));
}

const base64Of = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

async function objectsOf(bucket: R2Bucket): Promise<{ key: string; metadata: unknown; base64: string }[]> {
	const { objects } = await bucket.list({ include: ["customMetadata"], limit: 1000 });
	return Promise.all(
		objects.map(async ({ key, customMetadata }) => {
			const bytes = new Uint8Array(await (await bucket.get(key))!.arrayBuffer());
			return { key, metadata: customMetadata, base64: base64Of(bytes) };
		}),
	);
}

export default {
	async fetch(request, env, ctx) {
		switch (new URL(request.url).pathname) {
			case "/test/sent":
				return Response.json(sent);
			case "/test/rehearsal":
				return Response.json({ rehearsed, id: crypto.randomUUID() });
			case "/test/objects":
				return Response.json(await objectsOf(env.LOG));
			case "/test/cron":
				for (const cron of ["* * * * *", "*/10 * * * *", "7 0 * * *"])
					await worker.scheduled({ cron, scheduledTime: Date.now(), noRetry: () => {} }, withTap(env), ctx);
				return new Response();
			case "/test/control":
				await putControls(env, await request.json<Controls>());
				return new Response();
			default:
				return worker.fetch(request, withTap(env), ctx);
		}
	},
	queue: (batch, env, ctx) => worker.queue(batch, withTap(env), ctx),
	scheduled: (controller, env, ctx) => worker.scheduled(controller, withTap(env), ctx),
} satisfies ExportedHandler<Env>;
