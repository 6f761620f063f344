import { expect, test } from "vitest";
import { createStopwatch } from "./stopwatch.ts";

test("a span is as long as its part, waits among them, also where it fails; one in which the clock stood still is left out", async () => {
	let now = 5;
	const watch = createStopwatch(() => now);
	expect(watch.span("rank", () => (now += 2))).toBe(7);
	watch.span("still", () => {});
	const links = Promise.withResolvers<string>();
	const waiting = watch.wait("links", () => links.promise);
	now += 30;
	links.resolve("read");
	expect(await waiting).toBe("read");
	await expect(watch.wait("lost", () => Promise.reject(new Error(String((now += 4)))))).rejects.toThrow("41");
	expect(watch.spans).toEqual([
		{ name: "rank", milliseconds: 2 },
		{ name: "links", milliseconds: 30 },
		{ name: "lost", milliseconds: 4 },
	]);
});
