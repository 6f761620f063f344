import { expect, test } from "vitest";
import { dataKeyNameFor, dataKeyNamesOf } from "./pseudonym.ts";

const secret = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
/** 2026-11-20 00:00:00 UTC. */
const MIDNIGHT = 1_795_132_800;

test("a pseudonym's key has one name from midnight to midnight, and another one the next day", async () => {
	const name = await dataKeyNameFor(secret, "ada", MIDNIGHT);
	expect(name).toMatch(new RegExp(`^${MIDNIGHT}-[0-9a-f]{32}$`));
	expect(await dataKeyNameFor(secret, "ada", MIDNIGHT + 86_399)).toBe(name);
	const next = await dataKeyNameFor(secret, "ada", MIDNIGHT + 86_400);
	// Not the time alone: nothing in the two names says that they are one shopper's.
	expect(next.split("-")[1]).not.toBe(name.split("-")[1]);
});

test("names of other pseudonyms and under other secrets are others", async () => {
	const names = await Promise.all([
		dataKeyNameFor(secret, "ada", MIDNIGHT),
		dataKeyNameFor(secret, "Ada", MIDNIGHT),
		dataKeyNameFor(secret, "ada ", MIDNIGHT),
		dataKeyNameFor(other, "ada", MIDNIGHT),
	]);
	expect(new Set(names).size).toBe(4);
});

test("all names of a pseudonym are those of each day kept, of today and of tomorrow", async () => {
	const names = await dataKeyNamesOf(secret, "ada", MIDNIGHT + 5, 2);
	const days = [1, 0, -1, -2].map((day) => dataKeyNameFor(secret, "ada", MIDNIGHT + day * 86_400));
	expect(names).toEqual(await Promise.all(days));
});
