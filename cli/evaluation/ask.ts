import { type Part, RecommendationResponse, type Source } from "../../src/contract/recommendation.ts";
import type { Client } from "../client.ts";
import { giniOf, LIST_LENGTH, quantileOf, rankingMetrics, rankOf } from "../metrics.ts";
import { CommandFailure } from "../outcome.ts";
import { runParallel } from "../parallel.ts";
import type { HeldOut } from "./held-out.ts";

/** Failures in a row after which the server is taken for gone. */
const FAILURES_IN_A_ROW_MAX = 100;

export type AskOptions = {
	readonly keepsSeen: boolean;
	readonly concurrency: number;
	/** Only these parts answer, through `POST /admin/evaluate`; null: the route that shoppers use. */
	readonly parts: readonly Part[] | null;
	readonly onProgress: (done: number, failed: number) => void;
};

export type Answers = {
	/** By case: rank from 1, or null for a miss; a failed request is a miss. */
	readonly ranks: readonly (number | null)[];
	readonly sources: ReadonlyMap<Source, number>;
	/** How often each item stood among the first ten of a list. */
	readonly shown: ReadonlyMap<string, number>;
	readonly releases: ReadonlySet<string>;
	/** Client time of each answered request, milliseconds. */
	readonly milliseconds: readonly number[];
	readonly failed: number;
	readonly firstFailure: string | null;
	/** History entries that the release does not know. */
	readonly ignored: number;
};

/** One question of the evaluation. */
export async function ask(
	client: Client,
	{ history }: HeldOut,
	keepsSeen: boolean,
	parts: readonly Part[] | null,
): Promise<RecommendationResponse> {
	const body = { history, limit: LIST_LENGTH, ...(keepsSeen && { excludeSeen: false }), ...(parts !== null && { parts }) };
	return client.call(RecommendationResponse, "POST", parts === null ? "/v1/recommendations" : "/admin/evaluate", body, {
		idempotent: true,
	});
}

/**
 * Asks for each case and ranks its target. Every case counts: an error is a miss.
 * @throws CommandFailure when the server is gone: its misses would say nothing of the release
 */
export async function askAll(client: Client, cases: readonly HeldOut[], options: AskOptions): Promise<Answers> {
	const ranks = new Array<number | null>(cases.length).fill(null);
	const sources = new Map<Source, number>();
	const shown = new Map<string, number>();
	const releases = new Set<string>();
	const milliseconds: number[] = [];
	let [done, failed, failedInARow, ignored] = [0, 0, 0, 0];
	let firstFailure: string | null = null;
	await runParallel(cases, options.concurrency, async (each, index) => {
		const startedMs = performance.now();
		try {
			const answer = await ask(client, each, options.keepsSeen, options.parts);
			milliseconds.push(performance.now() - startedMs);
			failedInARow = 0;
			const list = answer.items.map(({ id }) => id);
			ranks[index] = rankOf(each.target, list);
			for (const id of list.slice(0, 10)) shown.set(id, (shown.get(id) ?? 0) + 1);
			sources.set(answer.source, (sources.get(answer.source) ?? 0) + 1);
			if (answer.release !== null) releases.add(answer.release);
			ignored += answer.ignored;
		} catch (thrown) {
			if (!(thrown instanceof CommandFailure)) throw thrown;
			failed++;
			firstFailure ??= thrown.message;
			if (++failedInARow >= FAILURES_IN_A_ROW_MAX) throw new CommandFailure(`${failedInARow} requests in a row failed: ${thrown.message}`);
		}
		options.onProgress(++done, failed);
	});
	return { ranks, sources, shown, releases, milliseconds, failed, firstFailure, ignored };
}

/** All figures of one pass, by the names used in result files. */
export function figuresOf(answers: Answers, items: number): Record<string, number | null> {
	const answered = answers.milliseconds.length;
	return {
		...rankingMetrics(answers.ranks),
		"coverage@10": items === 0 ? null : answers.shown.size / items,
		"gini@10": giniOf([...answers.shown.values()], Math.max(items, answers.shown.size)),
		p50: quantileOf(answers.milliseconds, 0.5),
		p95: quantileOf(answers.milliseconds, 0.95),
		p99: quantileOf(answers.milliseconds, 0.99),
		users: answers.ranks.length,
		failed: answers.failed,
		ignored: answers.ignored,
		...Object.fromEntries([...answers.sources].map(([source, count]) => [`source.${source}`, count / answered])),
	};
}
