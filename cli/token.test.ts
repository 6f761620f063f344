import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { accessHeaders, tokenFor } from "./token.ts";

const folder = mkdtempSync(join(tmpdir(), "edgeshelf-token-"));
const devVars = join(folder, ".dev.vars");
writeFileSync(devVars, 'SIGNING_KEY=abc\nEDGESHELF_TOKEN="from-file"\n');
afterAll(() => rmSync(folder, { recursive: true }));

const local = new URL("http://127.0.0.1:8787/");
const remote = new URL("https://shop.example/");

test("the environment comes before the file", () => {
	expect(tokenFor(local, devVars, { EDGESHELF_TOKEN: "from-environment" })).toBe("from-environment");
	expect(tokenFor(local, devVars, {})).toBe("from-file");
});

test("the development token is not sent to another machine", () => {
	expect(tokenFor(remote, devVars, {})).toBeNull();
	expect(tokenFor(remote, devVars, { EDGESHELF_TOKEN: "ops" })).toBe("ops");
});

test("no file is no token", () => {
	expect(tokenFor(local, join(folder, "none"), {})).toBeNull();
});

test("a service's word for Access goes out whole, and over TLS alone", () => {
	const [CF_ACCESS_CLIENT_ID, CF_ACCESS_CLIENT_SECRET] = ["gpu.access", "secret"];
	const headers = { "cf-access-client-id": "gpu.access", "cf-access-client-secret": "secret" };
	expect(accessHeaders(remote, { CF_ACCESS_CLIENT_ID, CF_ACCESS_CLIENT_SECRET })).toEqual(headers);
	expect(accessHeaders(local, { CF_ACCESS_CLIENT_ID, CF_ACCESS_CLIENT_SECRET })).toEqual({});
	expect(accessHeaders(remote, { CF_ACCESS_CLIENT_ID })).toEqual({});
});
