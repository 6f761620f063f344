import { expect } from "vitest";
import type { ActivePointer, Manifest } from "../src/contract/release.ts";
import { contentHash } from "../src/retrain/check-manifest.ts";
import { type Ask, NOW, sha256 } from "./admin-fixtures.ts";

export type MadeRelease = {
	readonly id: string;
	readonly manifest: Manifest;
	readonly manifestText: string;
	readonly files: Readonly<Record<string, string>>;
};
type Changes = {
	readonly trainedOn?: Partial<Manifest["trainedOn"]>;
	readonly items?: Partial<Manifest["items"]>;
	readonly kPair?: number;
	readonly differentialPrivacy?: Manifest["privacy"]["differentialPrivacy"];
	/** Content in place of the short texts. */
	readonly files?: Readonly<Record<string, string>>;
};

/** A release of short texts in place of the binary files; `name` makes its content, and hence its id, its own. */
export async function makeRelease(name: string, changes: Changes = {}): Promise<MadeRelease> {
	const files: Record<string, string> = {
		"encoder.int8.onnx": `encoder of ${name}`,
		"items.bin": `items of ${name}`,
		[changes.items?.layout === "planes" ? "links.bin" : "transitions.bin"]: `links of ${name}`,
		"popular.json": JSON.stringify({ overall: [`${name}-1`, `${name}-2`], byCategory: { makeup: [`${name}-2`] } }),
		"fusion.json": "{}",
		"parity.json": "{}",
		...changes.files,
	};
	const listed: Record<string, { sha256: string; bytes: number }> = {};
	for (const [file, content] of Object.entries(files)) listed[file] = { sha256: await sha256(content), bytes: content.length };
	const manifest: Manifest = {
		format: 1,
		id: `20261120T100000Z-${await contentHash({ files: listed })}`,
		createdAt: NOW,
		files: listed,
		encoder: { length: 50, dim: 64, queries: 1, quantisation: "int8 per-channel weights, float32 compute" },
		items: { count: 2, dim: 64, quantisation: "int8 per-row scale", ...changes.items },
		kPair: changes.kPair ?? 3,
		trainedOn: {
			source: "events",
			boundary: "refit",
			splitHash: "5917",
			events: 1000,
			sessions: 100,
			firstEventAt: NOW - 90_000,
			lastEventAt: NOW - 86_400,
			catalogueVersion: 1,
			...changes.trainedOn,
		},
		metrics: { protocol: { split: "temporal 70/20/10", targets: 800 }, tune: null, refit: null },
		privacy: { kPair: changes.kPair ?? 3, differentialPrivacy: changes.differentialPrivacy ?? null },
		training: { seed: 7 },
	};
	// Spaced as a person would write it: the text must come back byte for byte.
	return { id: manifest.id, manifest, manifestText: `${JSON.stringify(manifest, null, 1)}\n`, files };
}

export const putFile = (ask: Ask, id: string, file: string, content: string): Promise<Response> =>
	ask("PUT", `/admin/releases/${id}/${file}`, "release", content);

/** Uploads all files, then the manifest. @returns the manifest's answer */
export async function upload(ask: Ask, release: MadeRelease): Promise<Response> {
	for (const [file, content] of Object.entries(release.files)) expect((await putFile(ask, release.id, file, content)).status).toBe(200);
	return putFile(ask, release.id, "manifest.json", release.manifestText);
}

/** A release in the registry, ready. */
export async function ready(ask: Ask, name: string, changes: Changes = {}): Promise<MadeRelease> {
	const release = await makeRelease(name, changes);
	expect(await (await upload(ask, release)).json()).toEqual({ state: "ready" });
	return release;
}

export const activateBy = (ask: Ask, by: "operator" | "gate", id: string, more: object = {}): Promise<Response> =>
	ask("POST", `/admin/releases/${id}/activate`, by === "operator" ? "release" : "train", { by, ...more });

/** Activates on an operator's word. */
export async function activated(ask: Ask, { id }: MadeRelease, share = 1): Promise<ActivePointer> {
	const answer = await activateBy(ask, "operator", id, { share });
	expect(answer.status).toBe(200);
	return answer.json();
}
