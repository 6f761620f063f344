import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const pinsOf = (path: string) =>
	new Map(
		read(path)
			.trim()
			.split("\n")
			.map((line) => line.split("==") as [string, string]),
	);
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

test("every Python package that the trainer asks for is locked in the same version", () => {
	const [asked, locked] = [pinsOf("training/requirements.txt"), pinsOf("training/constraints.txt")];
	expect([...asked, ...locked].filter(([, version]) => !/^\d[\w.]*$/.test(version ?? ""))).toEqual([]);
	expect([...asked].filter(([name, version]) => locked.get(name) !== version)).toEqual([]);
	expect(locked.size).toBeGreaterThan(asked.size);
});
