import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const INDEX = fileURLToPath(new URL("index.ts", import.meta.url));
const { npm_lifecycle_event: _, ...environment } = process.env;

const run = (...args: string[]) => spawnSync(process.execPath, [INDEX, ...args], { encoding: "utf8", env: environment });

test.each([
	[["import"], "edgeshelf import: FILE is missing\n"],
	[["import", "no-such-file.csv"], "edgeshelf import: there is no file no-such-file.csv\n"],
	[["import", INDEX, "--colour"], "edgeshelf import: Unknown option '--colour'\n"],
	[["status", "--to", "ftp://x"], 'edgeshelf status: --to must be an http(s) address, not "ftp://x"\n'],
	[["status", "surplus"], 'edgeshelf status: "surplus" is one argument too many\n'],
	[["evaluate", "--data"], "edgeshelf evaluate: Option '--data <value>' argument missing\n"],
	[["paint"], /^edgeshelf: there is no command "paint"/],
])("%j ends with one sentence and code 2", (args, message) => {
	const { status, stderr, stdout } = run(...args);
	expect(stderr).toMatch(message);
	expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("a server that is not there is one line and code 1", () => {
	// Port 9 (discard) is closed on any machine that runs tests; rollback is not tried again.
	const { status, stderr } = run("rollback", "--to", "http://127.0.0.1:9");
	expect(stderr).toMatch(/^edgeshelf rollback: http:\/\/127\.0\.0\.1:9 cannot be reached \(.+\)\n$/);
	expect(status).toBe(1);
});

test("--help is no error, wherever it stands", () => {
	const { status, stdout } = run("import", "no-such-file.csv", "--help");
	expect(stdout).toContain("--map");
	expect(status).toBe(0);
});
