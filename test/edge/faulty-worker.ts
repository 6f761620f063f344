import worker from "../../src/index.ts";
import { LOG_PREFIX } from "../../src/store/event-log.ts";
import { FAILS_EVERY, FAULT_POINTS, type FaultPoint, type FaultReport } from "./fault-report.ts";

/**
 * The real Worker over bindings that fail again and again. Faults come by count, not by chance, so that two runs with the
 * same traffic meet the same ones.
 *
 * - a third of the queue's sends are refused, in `fetch` and `scheduled`
 * - of the consumer's batches, every third put to R2 fails, every third transaction that is reached fails before it
 *   begins, and every third acknowledgement that is reached fails after the transaction is done
 *
 * `GET /test/faults` tells how often each point was reached and how often it failed. Run it with
 * `wrangler dev --config test/edge/faulty.wrangler.toml`.
 */
const report = Object.fromEntries(FAULT_POINTS.map((point) => [point, { reached: 0, failed: 0 }])) as FaultReport;

/** @throws Error at every third call of the point */
function mayFail(point: FaultPoint): void {
	const count = report[point];
	count.reached++;
	if (count.reached % FAILS_EVERY !== 0) return;
	count.failed++;
	throw new Error(`made to fail: ${point} ${count.reached}`);
}

/** The same object, but for the methods given. Bindings are host objects: their own methods want them as `this`. */
function withMethods<T extends object>(target: T, methods: Partial<T>): T {
	return new Proxy(target, {
		get(_, name) {
			const replaced: unknown = Reflect.get(methods, name);
			if (replaced !== undefined) return replaced;
			const value: unknown = Reflect.get(target, name);
			return typeof value === "function" ? value.bind(target) : value;
		},
	});
}

/** Batches in hand: the stores fail for the consumer alone. */
let consuming = 0;
const mayFailForConsumer = (point: FaultPoint) => consuming > 0 && mayFail(point);

/** One set of failing bindings an isolate, since the Worker may hold on to the first that it was given. */
const faultyBindings = new WeakMap<Env, Env>();

function withFaultyBindings(env: Env): Env {
	const known = faultyBindings.get(env);
	if (known !== undefined) return known;
	const faulty = {
		...env,
		FEEDBACK: withMethods(env.FEEDBACK, {
			async send(...parameters) {
				mayFail("send");
				return env.FEEDBACK.send(...parameters);
			},
			async sendBatch(...parameters) {
				mayFail("send");
				return env.FEEDBACK.sendBatch(...parameters);
			},
		}),
		LOG: withMethods(env.LOG, {
			put: (async (...parameters: Parameters<R2Bucket["put"]>) => {
				// The log's own objects alone: a request may be putting its events into the inbox meanwhile.
				if (parameters[0].startsWith(LOG_PREFIX)) mayFailForConsumer("put");
				return env.LOG.put(...parameters);
			}) as R2Bucket["put"],
		}),
		DB: withMethods(env.DB, {
			async batch<T>(statements: D1PreparedStatement[]) {
				mayFailForConsumer("transaction");
				return env.DB.batch<T>(statements);
			},
		}),
	};
	faultyBindings.set(env, faulty);
	return faulty;
}

/** The batch, whose first acknowledgement may fail; what is to be delivered again comes at once. */
function withFaultyAcknowledgement(batch: MessageBatch<unknown>): MessageBatch<unknown> {
	let acknowledging = false;
	const acknowledge = (ack: () => void) => {
		if (!acknowledging) mayFail("acknowledgement");
		acknowledging = true;
		ack();
	};
	const messages = batch.messages.map((message) =>
		withMethods(message, {
			ack: () => acknowledge(() => message.ack()),
			retry: () => message.retry({ delaySeconds: 0 }),
		}),
	);
	return {
		queue: batch.queue,
		metadata: batch.metadata,
		messages,
		ackAll: () => acknowledge(() => batch.ackAll()),
		retryAll: () => batch.retryAll({ delaySeconds: 0 }),
	};
}

export default {
	async fetch(request, env, ctx) {
		if (new URL(request.url).pathname === "/test/faults") return Response.json(report);
		return worker.fetch(request, withFaultyBindings(env), ctx);
	},
	async queue(batch, env, ctx) {
		consuming++;
		try {
			await worker.queue(withFaultyAcknowledgement(batch), withFaultyBindings(env), ctx);
		} finally {
			consuming--;
		}
	},
	async scheduled(controller, env, ctx) {
		await worker.scheduled(controller, withFaultyBindings(env), ctx);
	},
} satisfies ExportedHandler<Env>;
