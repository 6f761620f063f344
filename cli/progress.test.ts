import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

function progressOn(isTTY: boolean) {
	const written: string[] = [];
	let milliseconds = 0;
	const progress = createProgress("import", { isTTY, write: (text) => written.push(text) }, () => milliseconds);
	return { progress, written, passTo: (to: number) => (milliseconds = to) };
}

test("writes a line every few seconds where there is no terminal", () => {
	const { progress, written, passTo } = progressOn(false);
	for (const at of [100, 2000, 5000, 5100, 10_000]) {
		passTo(at);
		progress.show(at / 20_000, `${at} rows`);
	}
	progress.end();
	expect(written).toEqual(["import: 25% 5000 rows\n", "import: 50% 10000 rows\n"]);
});

test("a message takes the bar's place on a terminal", () => {
	const { progress, written, passTo } = progressOn(true);
	passTo(1000);
	progress.show(0.5, "5 rows");
	progress.say("line 3: bad");
	progress.end();
	expect(written).toEqual([`import [${"#".repeat(12)}${".".repeat(12)}] 50% 5 rows`, "\r\x1b[2K", "line 3: bad\n"]);
});
