import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { drawnFrom, type Exploration, readPolicy } from "../../src/contract/policy.ts";
import type { RecommendationResponse } from "../../src/contract/recommendation.ts";
import type { Manifest, Parity } from "../../src/contract/release.ts";
import { importSigningKey, readRecommendationId } from "../../src/privacy/recommendation-id.ts";
import { AUTHORIZED, openServing } from "./serving.ts";

const MODELS = resolve(import.meta.dirname, "../../models");
const serving = openServing();

/** The committed release, as it lies on disk. */
function committed(name: string) {
	const folder = resolve(MODELS, name);
	const manifest = JSON.parse(readFileSync(resolve(folder, "manifest.json"), "utf8")) as Manifest;
	const files = Object.fromEntries(Object.keys(manifest.files).map((file) => [file, new Uint8Array(readFileSync(resolve(folder, file)))]));
	return { manifest, files: files as Record<string, Uint8Array> };
}

async function evaluate(items: readonly string[], limit: number, parts?: readonly string[]): Promise<RecommendationResponse> {
	// The trainer's answers know no stock: what is sold out is shown here too.
	const request = { history: items.map((item) => ({ item })), limit, filter: { inStock: false }, ...(parts && { parts }) };
	const response = await serving.send("/admin/evaluate", JSON.stringify(request), AUTHORIZED);
	expect(response.status).toBe(200);
	return (await response.json()) as RecommendationResponse;
}

/** Mean share of the stated rows that are among the answered ones, and the largest difference of a first score, relative. */
async function compare(parity: Parity, system: "encoder" | "fused") {
	let overlap = 0;
	let difference = 0;
	for (const known of parity.histories) {
		const stated = system === "encoder" ? known.encoderTop : known.fusedTop;
		const scores = system === "encoder" ? known.encoderScores : known.fusedScores;
		const { items, source, ignored } = await evaluate(known.items, stated.length, system === "encoder" ? ["encoder"] : undefined);
		expect({ source, ignored }).toEqual({ source: "personal", ignored: 0 });
		const shown = new Set(items.map(({ id }) => id));
		overlap += stated.filter((id) => shown.has(id)).length / stated.length / parity.histories.length;
		difference = Math.max(difference, Math.abs((items[0]?.score ?? 0) - (scores[0] ?? 0)) / Math.max(1, Math.abs(scores[0] ?? 0)));
	}
	return { overlap, difference };
}

const parityOf = (files: Readonly<Record<string, Uint8Array>>) => JSON.parse(new TextDecoder().decode(files["parity.json"])) as Parity;

test("the tiny release gives over HTTP what its formulas give on paper", async () => {
	const release = await serving.tiny("20260101T000000Z");
	const id = await serving.publish(release);
	await serving.restart();
	await serving.warm({ history: [{ item: "lip-1" }] });
	expect((await serving.state()).release).toBe(id);
	for (const known of parityOf(release.files).histories) {
		const { items } = await evaluate(known.items, known.fusedTop.length);
		expect(items.map((item) => item.id)).toEqual(known.fusedTop);
		for (const [place, { score }] of items.entries()) expect(score).toBeCloseTo(known.fusedScores[place] as number, 5);
	}
});

test("a drawn list is what its signed id says: the ranks of its seed, of the list that is not drawn", async () => {
	const request = { history: [{ item: "lip-1" }], limit: 4 };
	const ranked = await serving.recommend({ ...request, limit: 8 });
	const drawn = await serving.recommend({ ...request, surface: "email" });
	const response = await serving.send("/v1/recommendations", JSON.stringify({ ...request, surface: "email" }), { "sec-gpc": "1" });
	const silent = (await response.json()) as RecommendationResponse;
	const key = await importSigningKey(new Uint8Array(32).fill(1));
	const read = await readRecommendationId(key, drawn.recommendationId ?? "");
	const exploration = read.ok ? readPolicy(read.value.policy)?.exploration : null;
	expect([drawn.source, exploration]).toEqual(["personal", { share: 1, keep: 1, places: 4, reserve: 7, pinned: [] }]);
	const { ranks } = drawnFrom(read.ok ? read.value.seed : 0, exploration as Exploration);
	expect(drawn.items).toEqual(ranks.map((rank) => ranked.items[rank]));
	expect(ranks).not.toEqual([0, 1, 2, 3]);
	expect(silent.items).toEqual(ranked.items.slice(0, 4));
});

const isTrimmed = !readFileSync(resolve(MODELS, "../src/runtime/ort.generated.wasm")).equals(
	readFileSync(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"))),
);

test.skipIf(!isTrimmed)("operators that ONNX Runtime was trimmed of cost a rung, and the operator is told", async () => {
	const id = await serving.publish(await serving.tiny("20260102T000000Z"));
	await serving.restart("shipped");
	expect(await serving.warm({ history: [{ item: "lip-1" }] })).toMatchObject({ source: "session", release: id });
	expect(await serving.state()).toMatchObject({ rung: "session", fault: { release: id, file: "encoder.int8.onnx" } });
});

const folders = existsSync(MODELS) ? readdirSync(MODELS).filter((name) => existsSync(resolve(MODELS, name, "manifest.json"))) : [];

test.each(folders)("the committed release %s ranks in workerd as onnxruntime and NumPy do", async (name) => {
	const release = committed(name);
	const id = await serving.publish(release);
	await serving.restart("shipped");
	const parity = parityOf(release.files);
	await serving.warm({ history: [{ item: parity.histories[0]?.items[0] }] });
	expect((await serving.state()).release).toBe(id);
	for (const system of ["encoder", "fused"] as const) {
		const { overlap, difference } = await compare(parity, system);
		console.log(
			`${name} ${system}: overlap of the first ten ${overlap.toFixed(4)}, first score off by ${difference.toExponential(1)} at most`,
		);
		expect(overlap).toBeGreaterThanOrEqual(0.99);
		expect(difference).toBeLessThan(1e-4);
	}
});
