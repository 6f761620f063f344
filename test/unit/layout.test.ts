import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Which folders each folder may import; `ports` means files named ports.ts, `contract types` the folder src/contract, of
 * which only types may be taken.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
	"src/contract": [],
	"src/privacy": ["src/contract"],
	"src/sequence": ["src/contract"],
	"src/retrieve": ["src/contract"],
	"src/rank": ["src/contract"],
	"src/text": ["src/contract"],
	"src/pipeline": ["src/contract", "src/privacy", "src/sequence", "src/retrieve", "src/rank", "src/text"],
	"src/feedback": ["src/contract", "src/privacy"],
	"src/retrain": ["src/contract"],
	"src/runtime": ["src/contract", "ports"],
	"src/store": ["src/contract", "ports"],
	"src/http": ["src/contract", "src/privacy", "src/pipeline", "src/feedback", "src/retrain"],
	client: ["contract types"],
	web: ["client", "contract types"],
	// What production runs is what the profile must run.
	"cli/trim": ["src/runtime", "ports", "cli"],
	cli: ["src/contract", "cli/trim"],
};
/** Pure folders: time, seed and data are arguments. */
const PURE = ["src/privacy", "src/sequence", "src/retrieve", "src/rank", "src/text"];
const IMPURE = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bgetRandomValues\(|\brandomUUID\(|"cloudflare:workers"/;

const folderOf = (file: string) => Object.keys(MAY_IMPORT).find((folder) => file.startsWith(`${folder}/`));
const sources = globSync("{src,client,web,cli}/**/*.{ts,tsx}", { cwd: ROOT }).filter((file) => !/\.test\.ts$|\.generated\./.test(file));

function* importsOf(file: string) {
	const code = readFileSync(join(ROOT, file), "utf8");
	for (const [statement, target] of code.matchAll(
		/^(?:import|export)\s[^;]*?from\s+"([^"]+)"|^import\s+"[^"]+"|\bimport\("([^"]+)"\)/gms,
	)) {
		if (target?.startsWith(".")) {
			const path = relative(ROOT, resolve(ROOT, dirname(file), target));
			yield { path, typesOnly: /^(import|export) type\b/.test(statement) };
		}
	}
}

test("each folder imports only what the table of folders allows", () => {
	const offences: string[] = [];
	for (const file of sources) {
		const from = folderOf(file);
		if (from === undefined) continue; // The composition root may import all.
		const allowed = MAY_IMPORT[from] as readonly string[];
		for (const { path, typesOnly } of importsOf(file)) {
			const to = folderOf(path);
			const isPort = path.endsWith("/ports.ts") && typesOnly;
			const isContractType = to === "src/contract" && typesOnly;
			if (to === from || (to !== undefined && allowed.includes(to)) || (isPort && allowed.includes("ports"))) continue;
			if (isContractType && allowed.includes("contract types")) continue;
			if (path.endsWith(".generated.json")) continue;
			offences.push(`${file} -> ${path}`);
		}
	}
	expect(sources.length).toBeGreaterThan(30);
	expect(offences).toEqual([]);
});

test("pure folders read no clock, no randomness and no binding", () => {
	const offences = sources.filter(
		(file) => PURE.some((folder) => file.startsWith(`${folder}/`)) && IMPURE.test(readFileSync(join(ROOT, file), "utf8")),
	);
	expect(offences).toEqual([]);
});

test("only the composition root reads the environment", () => {
	const offences = sources.filter(
		(file) =>
			file.startsWith("src/") &&
			folderOf(file) !== undefined &&
			/cloudflare:workers"|\bEnv\b\.?/.test(readFileSync(join(ROOT, file), "utf8")),
	);
	expect(offences).toEqual([]);
});
