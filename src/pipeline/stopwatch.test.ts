import { expect, test } from "vitest";
import { createStopwatch } from "./stopwatch.ts";

test("a span is as long as its part, waits among them, also where it fails; one in which the clock stood still is left out", async () => {
	let now = 5;
	const later = (milliseconds: number) => {
		now += milliseconds;
		return now;
	};
	const watch = createStopwatch(() => now);
	expect(watch.span("rank", () => later(2))).toBe(7);
	watch.span("still", () => {});
	const links = Promise.withResolvers<string>();
	const waiting = watch.wait("links", () => links.promise);
	now += 30;
	links.resolve("read");
	expect(await waiting).toBe("read");
	const lost = Promise.withResolvers<never>();
	const losing = watch.wait("lost", () => lost.promise);
	now += 4;
	lost.reject(new Error("gone"));
	await expect(losing).rejects.toThrow("gone");
	expect(watch.spans).toEqual([
		{ name: "rank", milliseconds: 2 },
		{ name: "links", milliseconds: 30 },
		{ name: "lost", milliseconds: 4 },
	]);
});
