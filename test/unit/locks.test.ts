import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pythonPins } from "../../cli/python-pins.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

test("every npm package is named by one version, and locked with the SHA-512 of its content", () => {
	const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read("package.json"));
	const named = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
	expect(named.filter(([, version]) => !EXACT.test(version))).toEqual([]);
	const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { integrity?: string }> };
	const locked = Object.entries(packages).filter(([path]) => path !== "");
	expect(locked.length).toBeGreaterThan(named.length);
	expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
});

test("every Python package that the trainer asks for is locked in the same version, with the SHA-256 of its content", () => {
	const asked = read("training/requirements.txt")
		.trim()
		.split("\n")
		.map((line) => line.split("==") as [string, string]);
	expect(asked.filter(([, version]) => !/^\d[\w.]*$/.test(version ?? ""))).toEqual([]);
	const pins = ["requirements.lock", "requirements-cuda.lock"].flatMap((file) => pythonPins(read(`training/${file}`)));
	const locked = new Map(pins.map(({ name, version }) => [name, version]));
	expect(locked.size).toBe(pins.length);
	expect(asked.filter(([name, version]) => locked.get(name.replaceAll("_", "-").toLowerCase()) !== version)).toEqual([]);
	expect(pins.length).toBeGreaterThan(asked.length);
	const cpu = pythonPins(read("training/requirements-cpu.lock"));
	expect(cpu.map(({ name, version }) => [name, version])).toEqual([["torch", `${locked.get("torch")}+cpu`]]);
});

test("a lock whose entry has no hash, or more than one version, is refused by name", () => {
	const hash = `--hash=sha256:${"ab".repeat(32)}`;
	expect(pythonPins(`one==1.0 ; sys_platform == 'linux' \\\n    ${hash} \\\n    ${hash}\ntwo==2.0+cpu \\\n    ${hash}\n`)).toEqual([
		{ name: "one", version: "1.0", sha256: ["ab".repeat(32), "ab".repeat(32)] },
		{ name: "two", version: "2.0+cpu", sha256: ["ab".repeat(32)] },
	]);
	expect(() => pythonPins(`one==1.0 \\\n    ${hash}\ntwo==2.0\n`)).toThrow("two==2.0");
	expect(() => pythonPins(`one>=1.0 \\\n    ${hash}\n`)).toThrow("one>=1.0");
});
