import { expect, test } from "vitest";
import { sessionKeyFor, visitorKeyFor } from "./visitor-key.ts";

const salt = (fill: number) => new Uint8Array(32).fill(fill);

test("a visitor's key holds for the day and changes with the day's salt", async () => {
	const key = await visitorKeyFor(salt(1), "192.0.2.7", "Browser/1");
	expect(key).toMatch(/^[0-9a-f]{32}$/);
	expect(await visitorKeyFor(salt(1), "192.0.2.7", "Browser/1")).toBe(key);
	expect(await visitorKeyFor(salt(2), "192.0.2.7", "Browser/1")).not.toBe(key);
});

test("address and user agent cannot be shifted into one another, nor a session pose as a visitor", async () => {
	const keys = await Promise.all([
		visitorKeyFor(salt(1), "ab", "c"),
		visitorKeyFor(salt(1), "a", "bc"),
		sessionKeyFor(salt(1), "ab\0c"),
		sessionKeyFor(salt(1), "ab"),
	]);
	expect(new Set(keys).size).toBe(4);
});
