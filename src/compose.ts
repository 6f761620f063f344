import { type Config, readConfig } from "./config.ts";
import { CROWD_MIN_VISITORS } from "./contract/crowd.ts";
import { OTHER_SURFACE } from "./contract/recommendation.ts";
import { createEventIntake } from "./feedback/accept.ts";
import { consumeFeedback } from "./feedback/consume.ts";
import { consumeDeadLetters } from "./feedback/dead-letters.ts";
import { createErasure } from "./feedback/erasure.ts";
import { createMetricSink } from "./feedback/metric-sink.ts";
import { createAccessCheck } from "./http/access.ts";
import { createApp } from "./http/app.ts";
import { createDoor } from "./http/sender.ts";
import { verifyRelease } from "./pipeline/load-release.ts";
import { createPlainSpace } from "./pipeline/plain-space.ts";
import type { MakeEncoder, MakeRowSpace } from "./pipeline/ports.ts";
import { createRecommender } from "./pipeline/recommender.ts";
import { createEventKeys } from "./privacy/event-key.ts";
import * as response from "./privacy/randomised-response.ts";
import { importSigningKey, readRecommendationId } from "./privacy/recommendation-id.ts";
import { rehearse } from "./rehearsal.ts";
import type { ReleasePorts } from "./retrain/ports.ts";
import { createReleaseRegistry } from "./retrain/release-registry.ts";
import { createSchedule } from "./schedule.ts";
import { createCatalogue } from "./store/catalogue.ts";
import { createDaySalt } from "./store/day-salt.ts";
import { createEventCounts } from "./store/event-counts.ts";
import { createEventLog } from "./store/event-log.ts";
import { createMessageQueue } from "./store/feedback-queue.ts";
import { createHotListSource } from "./store/hot-list-reader.ts";
import { createInbox, createMalformed, createUndelivered } from "./store/inbox.ts";
import { createKnownItems } from "./store/known-items.ts";
import { createLineVault } from "./store/line-vault.ts";
import { createReportDomain } from "./store/local-reports.ts";
import { createLogReader } from "./store/log-reader.ts";
import { createOverlaySource } from "./store/overlay.ts";
import { createPointerStore } from "./store/pointer.ts";
import { createReleaseFiles } from "./store/release-files.ts";
import { createReleaseRows } from "./store/release-registry.ts";
import { createReleaseSource } from "./store/release-source.ts";
import { createReleasedFeatures } from "./store/released-features.ts";
import { createRules } from "./store/rules.ts";
import { createRunRegistry } from "./store/run-registry.ts";
import { createSearchSource } from "./store/search-source.ts";
import { createStatus } from "./store/status.ts";
import { createSynonyms } from "./store/synonyms.ts";

/** Unix seconds. Deployed, the clock moves only between requests and after I/O. */
const now = () => Math.floor(Date.now() / 1000);

/** Uniform in [0, 1), 53 bits. */
function uniform(): number {
	const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
	return ((high >>> 6) * 2 ** 27 + (low >>> 5)) / 2 ** 53;
}

/** Name of a dead-letter queue, by the convention of wrangler.toml. */
const isDeadLetterQueue = (queue: string) => queue.endsWith("-dead");

/**
 * The Worker over a way to make encoders and a way to hold and scan rows. Everything is built with the first request of
 * an isolate, so that a bad configuration is told by name then, and held from there on.
 * @param rehearsedOn bindings on which a first request is played in global scope; null: none is
 */
export function createWorker(
	makeEncoder: MakeEncoder,
	makeRowSpace: MakeRowSpace = createPlainSpace,
	rehearsedOn: Env | null = null,
): Required<Pick<ExportedHandler<Env>, "fetch" | "queue" | "scheduled">> {
	let parts: ReturnType<typeof build> | null = null;
	function partsOf(env: Env) {
		endRehearsal();
		parts ??= build(env, readConfig(env), makeEncoder, makeRowSpace);
		return parts;
	}
	const unused = () => Promise.reject(new Error("Only rehearsed"));
	const endRehearsal =
		rehearsedOn === null
			? () => {}
			: rehearse(rehearsedOn, (request, env, ctx) => build(env, readConfig(env), unused, makeRowSpace).app.fetch(request, env, ctx));
	return {
		fetch: (request, env, ctx) => partsOf(env).app.fetch(request, env, ctx),
		async queue(batch, env) {
			const { consumer, deadLetters } = partsOf(env);
			if (isDeadLetterQueue(batch.queue)) await consumeDeadLetters(batch, deadLetters, now());
			else await consumeFeedback(batch, consumer, now());
		},
		async scheduled(controller, env) {
			await partsOf(env).schedule.run(controller.cron, now());
		},
	};
}

function build(env: Env, config: Config, makeEncoder: MakeEncoder, makeRowSpace: MakeRowSpace) {
	const { DB: db, LOG: bucket, RELEASES: kv } = env;
	const queue = createMessageQueue(env.FEEDBACK);
	const counts = createEventCounts(db);
	const shelves = {
		inbox: createInbox(bucket, config.LOG_KEYS),
		undelivered: createUndelivered(bucket, config.LOG_KEYS),
		malformed: createMalformed(bucket, config.LOG_KEYS),
	};
	const vault = createLineVault(bucket, config.LOG_KEYS);
	const salt = createDaySalt(kv);
	const door = createDoor(salt, createReleasedFeatures(db), now);
	const runs = createRunRegistry(db);
	const releasePorts: ReleasePorts = {
		rows: createReleaseRows(db),
		files: createReleaseFiles(kv, bucket),
		pointer: createPointerStore(db, kv),
		runs,
		verify: (manifest, stored) => verifyRelease(manifest, stored, makeEncoder, makeRowSpace),
		terms: { kPairMin: config.K_PAIR_MIN, epsilonMax: config.DP_EPSILON_MAX },
	};
	const surfaces = new Set(config.SURFACES);
	const surfaceOf = (surface: string) => (surfaces.has(surface) ? surface : OTHER_SURFACE);
	const rules = createRules(db);
	const recommender = createRecommender({
		releases: createReleaseSource(db, kv),
		overlay: createOverlaySource(db),
		hotLists: createHotListSource(db, kv),
		rules,
		searched: createSearchSource(db, kv),
		makeEncoder,
		makeRowSpace,
		signingKey: config.SIGNING_KEY,
		now,
		clock: () => performance.now(),
		surfaceOf,
		explored: config.EXPLORE,
		newSeed: () => crypto.getRandomValues(new Uint32Array(1))[0] as number,
		log: (entry) => console.error(JSON.stringify(entry)),
	});
	const readStatus = createStatus(db);
	const readIds = async (ids: readonly string[]) => {
		const key = await importSigningKey(config.SIGNING_KEY);
		return Promise.all(
			ids.map(async (id) => {
				const read = await readRecommendationId(key, id);
				return read.ok ? read.value : null;
			}),
		);
	};
	const app = createApp({
		recommender,
		events: createEventIntake({
			queue,
			inbox: shelves.inbox,
			vault,
			isOurRecommendation: async (id) => (await readIds([id]))[0] !== null,
			knownWordsOf: (text) => recommender.knownWordsOf(text),
			knownItemsOf: createKnownItems(db, (id) => recommender.knowsItem(id)),
			surfaceOf,
			reporting:
				config.LOCAL_EPSILON === null
					? null
					: {
							domain: createReportDomain(db, config.LOCAL_EPSILON, response),
							categoriesOf: (items) => counts.categoriesOf(items),
							draw: uniform,
						},
			eventKeyOf: createEventKeys(config.SIGNING_KEY),
			orderKeyOf: (order) => door.sessionKeyOf(`order\0${order}`),
		}),
		readIds,
		erasure: config.LOG_KEYS.pseudonyms === undefined ? null : createErasure(config.LOG_KEYS.pseudonyms, vault, config.LOG_RETENTION_DAYS),
		log: createLogReader(db, bucket, config.LOG_KEYS),
		metrics: createMetricSink(queue, () => crypto.randomUUID(), surfaceOf),
		catalogue: createCatalogue(db),
		rules,
		synonyms: createSynonyms(db),
		releases: createReleaseRegistry(releasePorts),
		runs,
		status: async () => ({
			...(await readStatus(now())),
			serving: recommender.state(),
			terms: {
				crowd: CROWD_MIN_VISITORS,
				kPairMin: config.K_PAIR_MIN,
				epsilonMax: config.DP_EPSILON_MAX,
				localEpsilon: config.LOCAL_EPSILON,
				logRetentionDays: config.LOG_RETENTION_DAYS,
				keyed: config.LOG_KEYS.pseudonyms !== undefined,
			},
		}),
		tokens: config.ADMIN_TOKENS,
		access:
			config.ACCESS_TEAM === ""
				? null
				: createAccessCheck({
						team: config.ACCESS_TEAM,
						audience: config.ACCESS_AUDIENCE,
						fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
					}),
		...door,
		corsOrigins: config.CORS_ORIGINS,
		consentDefault: config.CONSENT_DEFAULT === "granted",
		allow: async ({ origin }) => origin === null || (await env.RATE_LIMIT.limit({ key: origin })).success,
		now,
	});
	return {
		app,
		consumer: { log: createEventLog(bucket, config.LOG_KEYS), counts, vault, malformed: shelves.malformed, salt },
		deadLetters: { counts, undelivered: shelves.undelivered, malformed: shelves.malformed },
		schedule: createSchedule({ db, kv, bucket, queue, shelves, salt, runs, releasePorts, config }),
	};
}
