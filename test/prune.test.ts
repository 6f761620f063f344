import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PAGED_SHARD_BYTES as SHARD } from "../src/contract/release.ts";
import type { ReleasePorts } from "../src/retrain/ports.ts";
import { DELETES_AT_ONCE, DELETES_MAX, IN_USE_SECONDS, pruneReleases, RELEASES_KEPT } from "../src/retrain/prune.ts";
import { createReleaseFiles } from "../src/store/release-files.ts";
import { shardKey } from "../src/store/release-shards.ts";
import { createReleaseSource } from "../src/store/release-source.ts";
import { adminApp, migrate, NOW, refusal, releasePorts, rows } from "./admin-fixtures.ts";
import { activateBy, activated, type MadeRelease, makeRelease, putFile, ready, upload } from "./release-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const ask = adminApp();
const LATER = NOW + IN_USE_SECONDS + 1;
const OLD = "20261101T100000Z-0123456789";
/** All releases are old ones. */
const KEEP = 0;

/** The namespace; each call of `method` after the first `most` ones fails, and all are counted. */
function failing(method: "put" | "delete", most: number) {
	const calls = { made: 0 };
	const kv = new Proxy(env.RELEASES, {
		get(target, property) {
			const found = Reflect.get(target, property).bind(target);
			if (property !== method) return found;
			return async (...given: unknown[]) => {
				calls.made++;
				if (calls.made > most) throw new Error("too many requests in one invocation");
				return found(...given);
			};
		},
	});
	return { calls, kv, ports: { ...releasePorts(), files: createReleaseFiles(kv, env.LOG) } satisfies ReleasePorts };
}

/** Numbers of a file's shards that KV holds, in order. */
async function shardsIn(id: string, name: string): Promise<number[]> {
	const found: number[] = [];
	for (let cursor: string | null = null; ; ) {
		const page: KVNamespaceListResult<unknown> = await env.RELEASES.list({ prefix: `release/${id}/${name}/`, cursor });
		found.push(...page.keys.map(({ name: key }) => Number(key.split("/").at(-1))));
		if (page.list_complete) return found.sort((a, b) => a - b);
		cursor = page.cursor;
	}
}

const textOf = async (answer: Response) => new TextDecoder().decode(await answer.arrayBuffer());

const firstOf = (count: number): number[] => Array.from({ length: count }, (_, shard) => shard);

/** What the registry says that KV may hold of a file. */
const heldOf = async (id: string, name: string): Promise<number> =>
	(await rows<{ shards: number }>(`SELECT shards FROM release_files WHERE release = '${id}' AND name = '${name}'`))[0]?.shards ?? 0;

/** Nothing lies in KV that the registry does not know of. */
async function expectCovered(id: string, name: string): Promise<void> {
	expect((await shardsIn(id, name)).at(-1) ?? -1).toBeLessThan(await heldOf(id, name));
}

/** A file of an old release, whose shards are small. */
async function storeShards(name: string, shards: number): Promise<void> {
	const { rows: registry } = releasePorts();
	await registry.fileBegun(OLD, name, NOW);
	await Promise.all(firstOf(shards).map((shard) => env.RELEASES.put(shardKey(OLD, name, shard), "x")));
	await registry.fileStored(OLD, { name, sha256: "5917", bytes: (shards - 1) * SHARD + 1, shards });
}

describe("an old release of more shards than one run may delete", () => {
	const SHARDS = 2 * DELETES_MAX + 3;

	test("is gone after as many runs as it takes, of which none deletes more", async () => {
		await storeShards("links.bin", SHARDS);
		await storeShards("items.bin", 2);
		const deletedBy: number[] = [];
		for (let left = SHARDS + 2; left > 0; ) {
			const { calls, ports } = failing("delete", DELETES_MAX);
			const deleted = await pruneReleases(ports, LATER, KEEP);
			expect(calls.made).toBe(deleted);
			left -= deleted;
			deletedBy.push(deleted);
			expect(await shardsIn(OLD, "items.bin")).toEqual([]);
			expect(await shardsIn(OLD, "links.bin")).toEqual(firstOf(left));
			expect(await heldOf(OLD, "links.bin")).toBe(left);
		}
		expect(deletedBy).toHaveLength(3);
		expect(await pruneReleases(releasePorts(), LATER, KEEP)).toBe(0);
	}, 30_000);
});

describe("a run whose deletes fail", () => {
	const SHARDS = 2 * DELETES_AT_ONCE + 7;
	beforeEach(() => storeShards("links.bin", SHARDS));

	test.each([0, 1, DELETES_AT_ONCE - 1, DELETES_AT_ONCE, DELETES_AT_ONCE + 1, SHARDS - 1])(
		"after %i leaves no shard that the next one does not find",
		async (most) => {
			await expect(pruneReleases(failing("delete", most).ports, LATER, KEEP)).rejects.toThrow("too many requests");
			await expectCovered(OLD, "links.bin");
			expect(await shardsIn(OLD, "links.bin")).toHaveLength(SHARDS - most);
			expect(await heldOf(OLD, "links.bin")).toBe(SHARDS - Math.floor(most / DELETES_AT_ONCE) * DELETES_AT_ONCE);
			await pruneReleases(releasePorts(), LATER, KEEP);
			expect(await shardsIn(OLD, "links.bin")).toEqual([]);
			expect(await heldOf(OLD, "links.bin")).toBe(0);
		},
	);

	test("or whose registry fails, likewise", async () => {
		const ports = releasePorts();
		const dead = { ...ports.rows, shardsRemoved: () => Promise.reject(new Error("dead")) };
		await expect(pruneReleases({ ...ports, rows: dead }, LATER, KEEP)).rejects.toThrow("dead");
		expect(await shardsIn(OLD, "links.bin")).toEqual(firstOf(SHARDS - DELETES_AT_ONCE));
		expect(await heldOf(OLD, "links.bin")).toBe(SHARDS);
		await pruneReleases(ports, LATER, KEEP);
		expect(await shardsIn(OLD, "links.bin")).toEqual([]);
	});
});

test("the oldest goes first; the newest stay, and so do those that somebody uploads to or asks for", async () => {
	const ids = firstOf(RELEASES_KEPT + 2).map((n) => `2026110${n + 1}T100000Z-0123456789`);
	const { rows: registry, files } = releasePorts();
	for (const [n, id] of ids.entries()) {
		await registry.fileBegun(id, "links.bin", NOW + n);
		await env.RELEASES.put(shardKey(id, "links.bin", 0), "x");
		await registry.fileStored(id, { name: "links.bin", sha256: "5917", bytes: 1, shards: 1 });
	}
	const [first, second] = ids as [string, string];
	const removed: string[] = [];
	const noted = { ...files, removeShards: async (...given: Parameters<typeof files.removeShards>) => void removed.push(given[0]) };
	await pruneReleases({ ...releasePorts(), files: noted }, NOW + IN_USE_SECONDS, RELEASES_KEPT);
	expect(removed).toEqual([]);
	await registry.verifying(first, LATER);
	await pruneReleases({ ...releasePorts(), files: noted }, LATER + 1, RELEASES_KEPT);
	expect(removed).toEqual([second]);
	await registry.shardsHeld(second, "links.bin", 1);
	await pruneReleases({ ...releasePorts(), files: noted }, LATER + IN_USE_SECONDS + 1, RELEASES_KEPT);
	expect(removed).toEqual([second, first, second]);
});

test("one that is asked for while a run deletes it is let go after the batch, and the registry's count still covers it", async () => {
	await storeShards("links.bin", 3 * DELETES_AT_ONCE);
	const ports = releasePorts();
	const asked: ReleasePorts = {
		...ports,
		files: {
			...ports.files,
			async removeShards(...given) {
				await ports.rows.verifying(OLD, LATER);
				await ports.files.removeShards(...given);
			},
		},
	};
	expect(await pruneReleases(asked, LATER, KEEP)).toBe(DELETES_AT_ONCE);
	expect(await shardsIn(OLD, "links.bin")).toEqual(firstOf(2 * DELETES_AT_ONCE));
	expect(await heldOf(OLD, "links.bin")).toBe(3 * DELETES_AT_ONCE);
});

/** A text of so many shards of `links.bin`, and one byte more in one more. */
const linksOf = (shards: number, letter: string): string => letter.repeat(shards * SHARD) + letter;

/** A release in planes with that many links. */
const madeWith = (links: string): Promise<MadeRelease> => makeRelease("a", { items: { layout: "planes" }, files: { "links.bin": links } });

describe("a release of which half is deleted", () => {
	const SHARDS = DELETES_AT_ONCE + 12;
	const content = linksOf(SHARDS - 1, "l");
	let release: MadeRelease;
	beforeEach(async () => {
		release = await madeWith(content);
		expect(await (await upload(ask, release)).json()).toEqual({ state: "ready" });
		// The files before it, a batch of it, and five shards of which the registry is not told.
		await expect(pruneReleases(failing("delete", 3 + DELETES_AT_ONCE + 5).ports, LATER, KEEP)).rejects.toThrow();
		expect(await heldOf(release.id, "links.bin")).toBe(12);
		expect(await shardsIn(release.id, "links.bin")).toHaveLength(7);
	});

	test("gives no isolate a part of a file for the whole", async () => {
		const stored = createReleaseSource(env.DB, env.RELEASES).stored(release.id);
		expect(await stored.files(["links.bin", "items.bin", "popular.json"])).toEqual({
			"popular.json": new TextEncoder().encode(release.files["popular.json"]),
		});
		expect(await stored.open("links.bin")).toBeNull();
		expect(await stored.open("items.bin")).toBeNull();
		const [gone, torn] = await stored.parts("links.bin", [
			[20 * SHARD, 20 * SHARD + 9],
			[11 * SHARD - 1, 12 * SHARD + 1],
		]);
		expect([gone, torn]).toEqual([null, null]);
	});

	test("gives its files from the archive, and none where the archive has none", async () => {
		const links = () => ask("GET", `/admin/releases/${release.id}/links.bin`, "read");
		expect(await textOf(await links())).toBe(content);
		const { files } = releasePorts();
		const file = { name: "links.bin", bytes: content.length, shards: 12 };
		expect(await files.digest(release.id, file)).toBeNull();
		await env.LOG.delete(`releases/${release.id}/links.bin`);
		expect(await refusal(await links())).toMatchObject({ status: 404, code: "not_found" });
		expect(await refusal(await activateBy(ask, "operator", release.id))).toMatchObject({
			status: 422,
			code: "release_refused",
			path: "links.bin",
		});
	});

	test("serves again, whole, once it is activated", async () => {
		expect(await activated(ask, release)).toMatchObject({ active: release.id });
		expect(await shardsIn(release.id, "links.bin")).toEqual(firstOf(SHARDS));
		expect(await heldOf(release.id, "links.bin")).toBe(SHARDS);
		const stored = createReleaseSource(env.DB, env.RELEASES).stored(release.id);
		const found = await stored.files(["links.bin", "items.bin"]);
		expect(new TextDecoder().decode(found["links.bin"])).toBe(content);
		expect(new TextDecoder().decode(found["items.bin"])).toBe(release.files["items.bin"]);
		expect(await pruneReleases(releasePorts(), LATER + IN_USE_SECONDS, KEEP)).toBe(0);
	});

	test("leaves nothing behind when bringing it back breaks off", async () => {
		const broken = adminApp(() => LATER, failing("put", 2 + 30).ports);
		expect((await activateBy(broken, "operator", release.id)).status).toBe(500);
		expect(await shardsIn(release.id, "links.bin")).toEqual(firstOf(30));
		await expectCovered(release.id, "links.bin");
		await pruneReleases(releasePorts(), LATER + IN_USE_SECONDS + 1, KEEP);
		expect((await env.RELEASES.list({ prefix: `release/${release.id}/` })).keys).toEqual([]);
	});
});

describe("an upload", () => {
	test("of fewer shards than the one before gives its own content alone, and what it left goes with the release", async () => {
		const large = await madeWith(linksOf(5, "a"));
		const release = await madeWith(linksOf(2, "b"));
		await putFile(ask, release.id, "links.bin", large.files["links.bin"] as string);
		expect(await (await upload(ask, release)).json()).toEqual({ state: "ready" });
		expect(await shardsIn(release.id, "links.bin")).toEqual(firstOf(6));
		expect(await heldOf(release.id, "links.bin")).toBe(6);

		await activated(ask, release);
		const stored = createReleaseSource(env.DB, env.RELEASES).stored(release.id);
		const whole = new TextEncoder().encode(linksOf(2, "b"));
		expect((await stored.files(["links.bin"]))["links.bin"]).toEqual(whole);
		const opened = await stored.open("links.bin");
		let bytes = 0;
		for await (const chunk of opened?.body ?? []) bytes += chunk.byteLength;
		expect([bytes, await opened?.sha256?.()]).toEqual([whole.length, release.manifest.files["links.bin"]?.sha256]);
		expect(await textOf(await ask("GET", `/admin/releases/${release.id}/links.bin`, "read"))).toBe(linksOf(2, "b"));

		for (const name of ["c", "d"]) await activated(ask, await ready(ask, name, { items: { layout: "planes" } }));
		await pruneReleases(releasePorts(), LATER, KEEP);
		expect(await shardsIn(release.id, "links.bin")).toEqual([]);
	});

	test.each([0, 5])("that breaks off leaves no shard that is not found, with %i of one before", async (before) => {
		const { id } = await madeWith("");
		if (before > 0) await putFile(ask, id, "links.bin", linksOf(before - 1, "a"));
		const broken = adminApp(() => NOW, failing("put", 20).ports);
		expect((await putFile(broken, id, "links.bin", linksOf(39, "b"))).status).toBe(500);
		expect(await shardsIn(id, "links.bin")).toEqual(firstOf(20));
		await expectCovered(id, "links.bin");
		expect(await (await ask("GET", `/admin/releases/${id}`, "read")).json()).toMatchObject({ state: "uploading", files: [] });
		expect(await refusal(await ask("GET", `/admin/releases/${id}/links.bin`, "read"))).toMatchObject({ status: 404 });
		const stored = createReleaseSource(env.DB, env.RELEASES).stored(id);
		expect([await stored.files(["links.bin"]), await stored.open("links.bin")]).toEqual([{}, null]);
		await pruneReleases(releasePorts(), LATER, KEEP);
		expect(await shardsIn(id, "links.bin")).toEqual([]);
		expect(await heldOf(id, "links.bin")).toBe(0);
	});
});
