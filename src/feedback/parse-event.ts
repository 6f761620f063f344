import * as v from "valibot";
import { EVENT_MAX_AGE_SECONDS, type EventsResponse, ShopEvent } from "../contract/event.ts";
import { CLOCK_SKEW_SECONDS } from "../contract/recommendation.ts";
import { fail, ok, type Result } from "../contract/result.ts";

export type EventFault = Omit<EventsResponse["rejected"][number], "index">;

/**
 * Checks one event on its own.
 * @param event as it came
 * @param now   unix seconds; `at` may lie from EVENT_MAX_AGE_SECONDS before to CLOCK_SKEW_SECONDS after it
 * @returns the first fault, with the dotted path within the event; never the value that was sent
 */
export function parseEvent(event: unknown, now: number): Result<ShopEvent, EventFault> {
	const parsed = v.safeParse(ShopEvent, event, { abortEarly: true });
	if (!parsed.success) return fail(faultOf(parsed.issues[0]));
	const age = now - parsed.output.at;
	if (age > EVENT_MAX_AGE_SECONDS || age < -CLOCK_SKEW_SECONDS) return fail({ code: "invalid_field", path: "at" });
	return ok(parsed.output);
}

function faultOf(issue: v.BaseIssue<unknown>): EventFault {
	const path = v.getDotPath(issue) ?? "";
	const unknown = issue.type === "strict_object" && issue.expected === "never";
	return { code: unknown ? "unknown_field" : "invalid_field", path };
}
