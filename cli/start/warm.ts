import { setTimeout as delay } from "node:timers/promises";
import { RecommendationResponse, type Source } from "../../src/contract/recommendation.ts";
import type { Client } from "../client.ts";

/** A running Worker looks for a new release every 10 s and then loads it. */
const WARM_MAX_MS = 20_000;
const POLL_MS = 250;

/**
 * Asks until the encoder answers, so that the first answer that a person sees is a personal one.
 * @param history products of the demo shop
 * @returns the rung that answered last: `personal`, or a lower one when the time was up or the history is not known
 */
export async function warmUp(client: Client, history: readonly { readonly item: string }[]): Promise<Source> {
	const until = Date.now() + WARM_MAX_MS;
	while (true) {
		const question = { history, surface: "start", limit: 1 };
		const { source, release, ignored } = await client.call(RecommendationResponse, "POST", "/v1/recommendations", question, {
			idempotent: true,
		});
		// A shop of one's own does not know the demo's products, and is as warm as it gets.
		const isForeign = release !== null && ignored === history.length;
		if (source === "personal" || isForeign || Date.now() > until) return source;
		await delay(POLL_MS);
	}
}
