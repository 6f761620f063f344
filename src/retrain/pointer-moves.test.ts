import { expect, test } from "vitest";
import type { ActivePointer } from "../contract/release.ts";
import { pointerWith, rolledBack } from "./pointer-moves.ts";

const NOW = 1_795_168_800;
const at = (
	active: string | null,
	previous: string | null,
	canary: string | null = null,
	canaryShare = 0,
	updatedAt = NOW - 60,
): ActivePointer => ({
	active,
	previous,
	canary,
	canaryShare,
	updatedAt,
});

test.each([
	["the first release", at(null, null), "a", 1, at("a", null, null, 0, NOW)],
	["the next one", at("a", "z"), "b", 1, at("b", "a", null, 0, NOW)],
	["a canary", at("a", "z"), "b", 0.1, at("a", "z", "b", 0.1, NOW)],
	["another canary in its place", at("a", "z", "b", 0.1), "c", 0.2, at("a", "z", "c", 0.2, NOW)],
	["the canary's promotion", at("a", "z", "b", 0.1), "b", 1, at("b", "a", null, 0, NOW)],
	["the active one again, which ends the canary", at("a", "z", "b", 0.1), "a", 1, at("a", "z", null, 0, NOW)],
])("gives a share to %s", (_, from, release, share, to) => {
	expect(pointerWith(from, release, share, NOW)).toEqual(to);
});

test.each([
	["drops the canary first", at("a", "z", "b", 0.1), at("a", "z", null, 0, NOW)],
	["then exchanges active and previous", at("a", "z"), at("z", "a", null, 0, NOW)],
	["has nothing to return to", at("a", null), null],
	["has nothing at all", at(null, null), null],
])("a rollback %s", (_, from, to) => {
	expect(rolledBack(from, NOW)).toEqual(to);
});

test("two moves within a second, or with the clock set back, still have times that differ", () => {
	const first = pointerWith(at("a", null, null, 0, NOW), "b", 1, NOW);
	expect(first.updatedAt).toBe(NOW + 1);
	expect(rolledBack(first, NOW - 3600)?.updatedAt).toBe(NOW + 2);
});
