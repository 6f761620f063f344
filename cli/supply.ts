/**
 * What the Worker and the trainer are made of, and whether anything of it is known to be unsafe:
 *
 *     npm run supply              writes out/sbom.cdx.json (CycloneDX 1.5) from the locks alone, and asks the registry for advisories
 *     npm run supply -- --strict  also fails where the registry gives no word on advisories
 *
 * Exits with 1 for an advisory of high or critical severity in what is deployed. Of the trainer's packages only versions are listed:
 * npm's registry knows nothing of them.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { pythonPins } from "./python-pins.ts";

const ROOT = new URL("../", import.meta.url);
/** Of what npm audit calls severities, those that stop a build. */
const STOPPING = ["high", "critical"] as const;

const Bom = v.looseObject({
	bomFormat: v.literal("CycloneDX"),
	metadata: v.looseObject({ component: v.looseObject({ name: v.string() }) }),
	components: v.array(v.looseObject({ purl: v.string() })),
});
const Audit = v.object({ metadata: v.object({ vulnerabilities: v.record(v.string(), v.number()) }) });

const npm = (...args: readonly string[]) => spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });

/** The deployed npm packages, and the trainer's Python ones. @throws Error with npm's own words */
function billOfMaterials() {
	const { status, stdout, stderr } = npm("sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only");
	if (status !== 0) throw new Error(`npm sbom failed:\n${stderr}`);
	const bom = v.parse(Bom, JSON.parse(stdout));
	const { name } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as { name: string };
	const python = ["requirements.lock", "requirements-cuda.lock"]
		.flatMap((file) => pythonPins(readFileSync(new URL(`training/${file}`, ROOT), "utf8")))
		.map(({ name: package_, version, sha256 }) => {
			const purl = `pkg:pypi/${package_.toLowerCase().replaceAll("_", "-")}@${version}`;
			// CycloneDX gives a component one content, and a package of several builds has several.
			const hashes = sha256.length === 1 ? { hashes: sha256.map((content) => ({ alg: "SHA-256", content })) } : {};
			return { "bom-ref": purl, type: "library", name: package_, version, purl, ...hashes };
		});
	// npm names the folder that it runs in.
	const component = { ...bom.metadata.component, name };
	return { ...bom, metadata: { ...bom.metadata, component }, components: [...bom.components, ...python] };
}

/** @returns advisories by severity in what is deployed; null when the registry gave no word */
function advisories(): Readonly<Record<string, number>> | null {
	const { stdout } = npm("audit", "--omit", "dev", "--json");
	try {
		const parsed = v.safeParse(Audit, JSON.parse(stdout));
		return parsed.success ? parsed.output.metadata.vulnerabilities : null;
	} catch {
		return null;
	}
}

const { values } = parseArgs({ options: { strict: { type: "boolean", default: false } } });
const bom = billOfMaterials();
mkdirSync(new URL("out/", ROOT), { recursive: true });
writeFileSync(new URL("out/sbom.cdx.json", ROOT), `${JSON.stringify(bom, null, "\t")}\n`);
console.log(`out/sbom.cdx.json: ${bom.components.length} packages`);
const found = advisories();
if (found === null) {
	console.log("NOT AUDITED: the registry gives no word on advisories");
	if (values.strict) process.exitCode = 1;
} else {
	const told = Object.entries(found)
		.filter(([severity, count]) => severity !== "total" && count > 0)
		.map(([severity, count]) => `${count} ${severity}`);
	console.log(`advisories: ${told.length === 0 ? "none" : told.join(", ")}`);
	if (STOPPING.some((severity) => (found[severity] ?? 0) > 0)) process.exitCode = 1;
}
