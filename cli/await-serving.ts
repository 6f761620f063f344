import { setTimeout as delay } from "node:timers/promises";
import { RecommendationResponse } from "../src/contract/recommendation.ts";
import type { PointerAnswer } from "./answers.ts";
import type { Client } from "./client.ts";
import { formatPointer } from "./format-pointer.ts";

/** Isolates read the pointer at most every 10 seconds and then load the release; beyond this something is amiss, milliseconds. */
const SERVING_WITHIN_MS = 20_000;
const LOOK_INTERVAL_MS = 500;

/**
 * Asks until the Worker answers from the active release, so that whoever measures next measures it.
 * @returns a line that tells the pointer and how it went: a release that does not come to serve is told, not thrown
 */
export async function awaitServing(client: Client, pointer: PointerAnswer): Promise<string> {
	const startedMs = performance.now();
	for (;;) {
		const { release, source } = await client.call(
			RecommendationResponse,
			"POST",
			"/v1/recommendations",
			{ limit: 1 },
			{ idempotent: true },
		);
		const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
		// Visitors of a canary may be answered by either.
		if (release !== null && [pointer.active, pointer.canary].includes(release) && source !== "static") {
			return `${formatPointer(pointer)}; serving after ${seconds} s`;
		}
		if (performance.now() - startedMs > SERVING_WITHIN_MS) {
			return `${formatPointer(pointer)}; after ${seconds} s answers still come from ${release ?? "no release"}: see "edgeshelf status"`;
		}
		await delay(LOOK_INTERVAL_MS);
	}
}
