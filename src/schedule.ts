import type { Config } from "./config.ts";
import { drainInbox } from "./feedback/drain.ts";
import type { MessageQueue } from "./feedback/ports.ts";
import { buildSearchFile } from "./pipeline/search/build-file.ts";
import type { DaySalt } from "./privacy/ports.ts";
import * as response from "./privacy/randomised-response.ts";
import type { ReleasePorts, RunRegistry } from "./retrain/ports.ts";
import { pruneReleases } from "./retrain/prune.ts";
import { retrainTick } from "./retrain/tick.ts";
import { createWebhook } from "./retrain/webhook.ts";
import { forgetMarks } from "./store/crowd-counts.ts";
import { saltEndOf } from "./store/day-salt.ts";
import { refreshHotLists } from "./store/hot-lists.ts";
import type { createInbox, createUndelivered } from "./store/inbox.ts";
import { rewrapObjects } from "./store/key-rotation.ts";
import { settleReports } from "./store/local-reports.ts";
import { renewStaticList } from "./store/pointer.ts";
import { refreshPopularQueries } from "./store/popular-queries.ts";
import { expire } from "./store/retention.ts";
import { createRetrainSignals } from "./store/retrain-signals.ts";
import { refreshSearchFile } from "./store/search-file.ts";
import { refreshTrending } from "./store/trending.ts";

/** The crons of wrangler.toml. */
export const CRONS = { minute: "* * * * *", tenMinutes: "*/10 * * * *", day: "7 0 * * *" } as const;

type Parts = {
	readonly db: D1Database;
	readonly kv: KVNamespace;
	readonly bucket: R2Bucket;
	readonly queue: MessageQueue;
	readonly shelves: { readonly inbox: ReturnType<typeof createInbox>; readonly undelivered: ReturnType<typeof createUndelivered> };
	readonly salt: DaySalt;
	readonly runs: RunRegistry;
	readonly releasePorts: ReleasePorts;
	readonly config: Config;
};

type Job = readonly [name: string, work: (now: number) => Promise<unknown>];

/** What is done by the clock. Each job is safe to repeat, and one that fails keeps no other from running. */
export function createSchedule({ db, kv, bucket, queue, shelves, salt, runs, releasePorts, config }: Parts) {
	const policy = { minEvents: config.RETRAIN_MIN_EVENTS, maxAgeSeconds: config.RETRAIN_MAX_AGE_SECONDS };
	const { RETRAIN_WEBHOOK_URL: url, RETRAIN_WEBHOOK_KEY: key } = config;
	const callProvider = url === "" || key === undefined ? null : createWebhook({ url, key, send: (request) => fetch(request) });
	const jobs: Readonly<Record<string, readonly Job[]>> = {
		[CRONS.minute]: [
			["send what waits outside the queue", (now) => drainAndReport(now)],
			["reopen runs whose lease was lost", (now) => runs.reopenLostLeases(now)],
			["index what the catalogue holds", (now) => refreshSearchFile(db, kv, buildSearchFile, now)],
		],
		[CRONS.tenMinutes]: [
			["make the day's salts ahead", (now) => salt.prepareSalts(now)],
			["delete the marks of days whose salt is gone", (now) => forgetMarks(db, now, saltEndOf)],
			["enter what reports say", (now) => settleReports(db, response, now)],
			["renew the hot lists", (now) => refreshHotLists(db, now).then(() => renewStaticList(db, kv))],
			["renew what is trending", (now) => refreshTrending(db, now)],
			["renew what is searched for", (now) => refreshPopularQueries(db, now)],
			["take objects over to the current key of the log", () => rewrapAndReport()],
			["take old releases out of the serving store", (now) => pruneReleases(releasePorts, now)],
			["ask whether to retrain", (now) => retrainTick({ runs, signals: createRetrainSignals(db), policy, callProvider }, now)],
		],
		[CRONS.day]: [["delete what has outlived its time", (now) => expire(db, bucket, config.LOG_RETENTION_DAYS, now)]],
	};

	async function drainAndReport(now: number): Promise<void> {
		const { unreadable } = await drainInbox({ queue, ...shelves }, now);
		for (const { key, reason } of unreadable) console.error(JSON.stringify({ level: "error", job: "inbox", key, reason }));
	}

	async function rewrapAndReport(): Promise<void> {
		const { unreadable } = await rewrapObjects(db, bucket, config.LOG_KEYS);
		for (const { key, reason } of unreadable) console.error(JSON.stringify({ level: "error", job: "log keys", key, reason }));
	}

	return {
		/** @throws Error that names the jobs which failed, so that the platform counts the run as failed */
		async run(cron: string, now: number): Promise<void> {
			const due = jobs[cron] ?? [];
			const results = await Promise.allSettled(due.map(([, work]) => work(now)));
			const failed = due.filter((_, index) => results[index]?.status === "rejected").map(([name]) => name);
			if (failed.length > 0) throw new Error(`Scheduled work failed: ${failed.join("; ")}`);
		},
	};
}
