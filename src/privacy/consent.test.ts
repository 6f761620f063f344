import { expect, test } from "vitest";
import { mayCollect } from "./consent.ts";

test.each([
	["Global Privacy Control outweighs a given consent", { "Sec-GPC": "1" }, true, true, false],
	["only the value 1 is Global Privacy Control", { "Sec-GPC": "0" }, undefined, true, true],
	["a refusal outweighs the shop's default", {}, false, true, false],
	["a consent outweighs the shop's default", {}, true, false, true],
	["silence means what the shop says: granted", {}, undefined, true, true],
	["silence means what the shop says: denied", {}, undefined, false, false],
] as const)("%s", (_, headers, consent, consentDefault, allowed) => {
	expect(mayCollect(new Headers(headers), consent, consentDefault)).toBe(allowed);
});
