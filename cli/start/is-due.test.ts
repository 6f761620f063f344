import { expect, test } from "vitest";
import { isDue } from "./is-due.ts";

const at = (time: string) => new Date(`2026-11-01T${time}:30Z`); // a Sunday

test.each([
	["* * * * *", "13:37", true],
	["*/10 * * * *", "13:40", true],
	["*/10 * * * *", "13:41", false],
	["7 0 * * *", "00:07", true],
	["7 0 * * *", "12:07", false],
	["0,30 9-17 * * *", "17:30", true],
	["0,30 9-17 * * *", "18:30", false],
	["* * 1 11 0", "05:00", true],
	["* * 2 * *", "05:00", false],
])("%s at %s: %s", (cron, time, due) => {
	expect(isDue(cron, at(time))).toBe(due);
});
