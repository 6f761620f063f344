import { setTimeout as delay } from "node:timers/promises";
import type { Source } from "../../src/contract/recommendation.ts";
import type { Client } from "../client.ts";
import { ask } from "./ask.ts";
import type { HeldOut } from "./held-out.ts";

/** Longest wait for the release to be loaded, milliseconds, and the time between two looks. */
const WARM_UP_MAX_MS = 30_000;
const LOOK_INTERVAL_MS = 500;
/** Histories asked with in turn: a release need not know the items of each. */
const HISTORIES = 20;

/**
 * Asks until an answer comes from the encoder, so that a cold start is not measured.
 * @param cases at least one
 * @returns the rung that answered last
 * @throws CommandFailure when the server cannot be reached or refuses the question
 */
export async function warmUp(client: Client, cases: readonly HeldOut[]): Promise<Source> {
	const startedMs = performance.now();
	for (let look = 0; ; look++) {
		const each = cases[look % Math.min(HISTORIES, cases.length)] as HeldOut;
		const { source } = await ask(client, each, false, null);
		if (source === "personal" || performance.now() - startedMs > WARM_UP_MAX_MS) return source;
		await delay(LOOK_INTERVAL_MS);
	}
}
