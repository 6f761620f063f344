import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { withNumbers } from "../../bench/readme-numbers.ts";
import { withScan } from "../../bench/scan/readme.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const readme = readFileSync(resolve(ROOT, "README.md"), "utf8");

test("the README's numbers are those of bench/results", () => {
	expect(withScan(withNumbers(readme))).toBe(readme);
});

test("every relative link and folder named in the README is there", () => {
	const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => path as string);
	const folders = [...readme.matchAll(/^\| ((?:`[a-z/]+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
		[...(cell as string).matchAll(/`([a-z/]+)`/g)].map(([, path]) => path as string),
	);
	expect(folders.length).toBeGreaterThan(10);
	expect([...links, ...folders].filter((path) => !existsSync(resolve(ROOT, path)))).toEqual([]);
});

test("every command of the README's table exists", () => {
	const named = [...readme.matchAll(/npm run (?:--silent )?edgeshelf -- ([a-z]+)/g)].map(([, name]) => name as string);
	expect(named.length).toBeGreaterThan(5);
	expect([...new Set(named)].filter((name) => !existsSync(resolve(ROOT, `cli/commands/${name}.ts`)))).toEqual([]);
});
