import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { drawFrom, fitMixture } from "../../bench/serve/mixture.ts";
import { padRelease } from "../../bench/serve/pad-release.ts";
import { randomFrom } from "../../cli/demo/random.ts";
import { readReleaseFolder } from "../../cli/release-folder.ts";
import { loadRelease } from "../../src/pipeline/load-release.ts";
import { createPlainSpace } from "../../src/pipeline/plain-space.ts";

const DEMO = readReleaseFolder(resolve(import.meta.dirname, "../../models/demo"));

test("a padded release loads as a trained one does, with as many links an item and the same rows in front", {
	timeout: 60_000,
}, async () => {
	const out = mkdtempSync(join(tmpdir(), "edgeshelf-padded-"));
	try {
		const { folder, ids } = padRelease(DEMO, 3000, out, "test");
		const files = Object.fromEntries(folder.files.map((name) => [name, new Uint8Array(readFileSync(join(out, name)))]));
		const loaded = await loadRelease(folder.manifest, files, null, createPlainSpace);
		if (!loaded.ok) throw new Error(`${loaded.error.file} ${loaded.error.message}`);
		const { items, transitions } = loaded.value;
		expect([items.count, new Set(ids).size]).toEqual([3000, 3000]);
		const trained = DEMO.manifest.items.count;
		const linksOf = (from: number, to: number) => {
			const ends = [from, to - 1].map((row) => transitions.linksOf(row));
			return ((ends[1]?.to ?? Number.NaN) - (ends[0]?.from ?? Number.NaN)) / (to - from);
		};
		const ratio = linksOf(trained, 3000) / linksOf(0, trained);
		expect(ratio).toBeGreaterThan(0.8);
		expect(ratio).toBeLessThan(1.25);
		expect(ids[0]).toBe(items.ids.idOf(0));
	} finally {
		rmSync(out, { recursive: true });
	}
});

test("a component draws with the mean, spread and correlation of its members", () => {
	const random = randomFrom("mixture");
	// Four members about (3, -1), whose second coordinate falls by half of what the first gains.
	const vectors = Float32Array.of(1, 0, 5, -2, 2, -0.5, 4, -1.5);
	const members = Int32Array.of(0, 1, 2, 3);
	const draws = Array.from({ length: 4000 }, () => drawFrom({ vectors, dim: 2, members: [members] }, members, random));
	const mean = (value: (draw: Float32Array) => number) => draws.reduce((sum, draw) => sum + value(draw), 0) / draws.length;
	const [x, y] = [mean((draw) => draw[0] as number), mean((draw) => draw[1] as number)];
	expect(x).toBeCloseTo(3, 0);
	expect(y).toBeCloseTo(-1, 0);
	// Variance of 1, 2, 4, 5 about 3 is 2.5, and the covariance with half the fall -1.25.
	expect(mean((draw) => ((draw[0] as number) - x) ** 2)).toBeCloseTo(2.5, 0);
	expect(mean((draw) => ((draw[0] as number) - x) * ((draw[1] as number) - y))).toBeCloseTo(-1.25, 0);
});

test("rows that lie apart fall into components of their own", () => {
	const vectors = Float32Array.of(0, 0, 0.1, 0, 9, 9, 9.1, 9);
	const { members } = fitMixture(vectors, 2, randomFrom("apart"));
	// As many components as rows at most: none holds rows of both places.
	for (const rows of members) expect(new Set(Array.from(rows, (row) => row < 2)).size).toBe(1);
});
