import { type CoarseContext, WEEKDAYS } from "../contract/context.ts";

/** Formatters are dear to make; there are some 400 time zones and an isolate sees few of them. */
const FORMATTERS_MAX = 64;
const formatters = new Map<string, Intl.DateTimeFormat | null>();

/** Offsets of time zones are whole quarters of an hour: within one neither hour nor day changes anywhere. */
const QUARTER_SECONDS = 15 * 60;

type LocalTime = Pick<CoarseContext, "daypart" | "weekday">;
/** What was told of each zone in the quarter of an hour that was asked about last; formatting is dear too. */
const told = new Map<string, LocalTime>();
let toldQuarter = Number.NaN;

/**
 * Part of day and weekday where the sender is: night 0 to 5, morning 6 to 11, afternoon 12 to 17, evening 18 to 23.
 * @param timezone IANA name; undefined or not a zone: unknown
 * @param now      unix seconds
 */
export function localTime(timezone: string | undefined, now: number): LocalTime {
	if (timezone === undefined) return { daypart: "unknown", weekday: "unknown" };
	const quarter = Math.floor(now / QUARTER_SECONDS);
	if (quarter !== toldQuarter || told.size > FORMATTERS_MAX) told.clear();
	toldQuarter = quarter;
	const known = told.get(timezone) ?? format(timezone, now);
	told.set(timezone, known);
	return known;
}

function format(timezone: string, now: number): LocalTime {
	const formatter = formatterOf(timezone);
	if (formatter === null) return { daypart: "unknown", weekday: "unknown" };
	let hour = 0;
	let day = "";
	for (const { type, value } of formatter.formatToParts(now * 1000)) {
		if (type === "hour") hour = Number(value);
		if (type === "weekday") day = value.toLowerCase();
	}
	return {
		daypart: (["night", "morning", "afternoon", "evening"] as const)[Math.floor(hour / 6)] ?? "unknown",
		weekday: WEEKDAYS.find((name) => name === day) ?? "unknown",
	};
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | null {
	const known = formatters.get(timeZone);
	if (known !== undefined) return known;
	let made: Intl.DateTimeFormat | null = null;
	try {
		made = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short", hour: "2-digit", hourCycle: "h23" });
	} catch {
		// A name that this runtime's zone data lacks: the same as not said.
	}
	if (formatters.size >= FORMATTERS_MAX) formatters.clear();
	formatters.set(timeZone, made);
	return made;
}
