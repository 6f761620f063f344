import type { Context } from "hono";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { RequestFailure } from "../contract/errors.ts";
import { CLOCK_SKEW_SECONDS, type HistoryEntry, type Source } from "../contract/recommendation.ts";
import type { Sender, Served } from "../pipeline/ports.ts";
import { spokenLanguageOf } from "../privacy/spoken-language.ts";
import type { AppEnv } from "./app-env.ts";
import { serverTiming } from "./server-timing.ts";
import type { SharedAnswers } from "./shared-answers.ts";

/** Who asks in a public form: nobody in particular, so that one answer fits all. */
export const ANYONE: Sender = { context: UNKNOWN_CONTEXT, visitor: async () => null, origin: null };

/** Headers of an answer to one shopper. */
export const PERSONAL = { "cache-control": "no-store" } as const;

/** Headers of an answer to anyone. What a cold or broken isolate had at hand is not worth keeping for others. */
export const publicFor = (source: Source) => ({ "cache-control": source === "static" ? "public, max-age=5" : "public, max-age=10" });

/**
 * An answer to anyone: what another asked for alike within the second, else a new one, which is then shared. What a cold or
 * broken isolate had at hand is not: the next may be better.
 */
export async function sharedOr<T extends { readonly source: Source }>(
	shared: SharedAnswers<Served<T>>,
	key: string,
	now: number,
	make: () => Promise<Served<T>>,
): Promise<Served<T>> {
	const known = shared.get(key, now);
	if (known !== undefined) return known;
	const made = await make();
	if (made.response.source !== "static") shared.put(key, now, { ...made, spans: [] });
	return made;
}

/** @throws RequestFailure `invalid_field` for an entry that lies beyond what a client's clock may run ahead */
export function refuseFutureEntries(history: readonly HistoryEntry[], now: number): void {
	const index = history.findIndex(({ at }) => at !== undefined && at > now + CLOCK_SKEW_SECONDS);
	if (index !== -1) throw new RequestFailure({ kind: "invalid_field", path: `history.${index}.at`, message: "must not lie in the future" });
}

/**
 * Counts one answer by surface and rung.
 * @param start milliseconds, when the handler began
 */
export function count(c: Context<AppEnv>, surface: string, source: Source, start: number): void {
	const { metrics, now: clock } = c.get("services");
	const now = clock();
	const milliseconds = performance.now() - start;
	// Deployed, the clock stands still without I/O: no time is better than zero.
	metrics.record({ surface, source, milliseconds: milliseconds > 0 ? milliseconds : null }, now);
	const flushing = metrics.flush(now);
	if (flushing !== null) c.executionCtx.waitUntil(flushing);
}

export function timing({ spans }: Pick<Served<unknown>, "spans">): Record<string, string> {
	const value = serverTiming(spans);
	return value === null ? {} : { "server-timing": value };
}

/** A request whose sender's browser has a say in the language of its reasons. For answers to one shopper alone: it reads a header. */
export const inOwnLanguage = <T extends { readonly language?: string | undefined }>(c: Context<AppEnv>, request: T): T => ({
	...request,
	language: spokenLanguageOf(request.language, c.req.header("accept-language") ?? null),
});
