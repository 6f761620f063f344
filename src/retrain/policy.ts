import type { Run } from "../contract/run.ts";
import { totalVariation } from "./drift.ts";
import type { RetrainSignals } from "./ports.ts";

export type RetrainPolicy = {
	/** New events that are enough for a run. */
	readonly minEvents: number;
	/** Age of the active release that is too old, seconds. */
	readonly maxAgeSeconds: number;
};

/** Distance of the categories of interest, now against training, that counts as drift: a fifth of the interest has moved. */
export const DRIFT_MIN_DISTANCE = 0.2;
/** Fewest visitors, summed over days and categories, on either side on which drift is judged; fewer scatter too much. */
export const DRIFT_MIN_EVENTS = 1000;
/** Time after a run was opened in which no other is, seconds: a run that failed or was refused is not repeated at once. */
export const RUN_PAUSE_SECONDS = 6 * 3600;

/**
 * Whether to train now, and why. Without new events there is nothing to learn, however old the release is.
 * @param now unix seconds
 * @returns the reason; null when a new run would be of no use
 */
export function shouldRetrain(signals: RetrainSignals, policy: RetrainPolicy, now: number): Exclude<Run["reason"], "operator"> | null {
	const { activeCreatedAt, newEvents, lastRunOpenedAt, recent, trained } = signals;
	if (newEvents === 0) return null;
	if (lastRunOpenedAt !== null && now - lastRunOpenedAt < RUN_PAUSE_SECONDS) return null;
	if (newEvents >= policy.minEvents) return "events";
	if (activeCreatedAt === null) return null;
	if (now - activeCreatedAt >= policy.maxAgeSeconds) return "age";
	return totalVariation(recent, trained, DRIFT_MIN_EVENTS) >= DRIFT_MIN_DISTANCE ? "drift" : null;
}
