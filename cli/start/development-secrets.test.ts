import { createHash } from "node:crypto";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { CommandFailure } from "../outcome.ts";
import { completeSecrets } from "./development-secrets.ts";

const counted = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => i));
const sha256 = (text: string | undefined) =>
	createHash("sha256")
		.update(text ?? "")
		.digest("hex");

test("a file made from nothing reads back as keys of 32 bytes and a token whose hash has every scope", () => {
	const read = parseEnv(completeSecrets("", counted));
	expect(Buffer.from(read.SIGNING_KEY ?? "", "base64")).toHaveLength(32);
	expect(JSON.parse(read.LOG_KEYS ?? "")).toEqual({ current: "k1", keys: { k1: counted(32).toString("base64") } });
	expect(JSON.parse(read.ADMIN_TOKENS ?? "")).toEqual([
		{ name: "development", sha256: sha256(read.EDGESHELF_TOKEN), scopes: ["catalogue", "release", "train", "read", "erase"] },
	]);
});

test("two machines have no secret in common", () => {
	const [one, other] = [parseEnv(completeSecrets("")), parseEnv(completeSecrets(""))];
	for (const name of ["SIGNING_KEY", "LOG_KEYS", "ADMIN_TOKENS", "EDGESHELF_TOKEN"]) expect(one[name]).not.toBe(other[name]);
});

test("a complete file stays as it is, byte for byte", () => {
	const complete = completeSecrets("");
	expect(completeSecrets(complete)).toBe(complete);
});

test("lines that are there are kept and a token that is there gets its hash", () => {
	const before = "CONSENT_DEFAULT=denied\nEDGESHELF_TOKEN=mine";
	const after = completeSecrets(before);
	expect(after.startsWith(`${before}\n`)).toBe(true);
	expect(JSON.parse(parseEnv(after).ADMIN_TOKENS ?? "")[0].sha256).toBe(sha256("mine"));
});

test("hashes without a token are refused, for the token cannot be told from them", () => {
	expect(() => completeSecrets("ADMIN_TOKENS='[]'\n")).toThrow(CommandFailure);
});
