import * as v from "valibot";
import type { SearchedChange, SearchFile } from "../pipeline/ports.ts";
import { type ChangeRow, SEARCHED_CHANGES, searchedChange } from "./search-changes.ts";
import { SHARD_BYTES } from "./shards.ts";

/** KV key of the pointer: which built index is the latest. */
const POINTER_KEY = "search";
const Pointer = v.object({ version: v.number(), bytes: v.number(), shards: v.number(), at: v.number() });
type Pointer = v.InferOutput<typeof Pointer>;

const shardKey = (version: number, at: number, shard: number): string => `search/${version}-${at}/${shard}`;
/** Time for which a location's cache may answer for the pointer, seconds: KV's least. */
const POINTER_CACHE_SECONDS = 60;
/** Age at which an index that is not the latest goes, seconds: isolates that read the pointer before may still load it. */
const KEPT_SECONDS = 60 * 60;
/** Changes from which a new index is built at once; fewer wait until it is a day old, since every isolate holds them itself. */
const CHANGES_MIN = 500;
const MAX_AGE_SECONDS = 24 * 60 * 60;
const PAGE_ROWS = 1000;

async function readPointer(kv: KVNamespace): Promise<Pointer | null> {
	const parsed = v.safeParse(Pointer, await kv.get(POINTER_KEY, { type: "json", cacheTtl: POINTER_CACHE_SECONDS }));
	return parsed.success ? parsed.output : null;
}

/** @returns null where there is none, it is held already, or a part of it has not arrived */
export async function readSearchFile(kv: KVNamespace, heldVersion: number | null): Promise<SearchFile | null> {
	const pointer = await readPointer(kv);
	if (pointer === null || pointer.version === heldVersion) return null;
	const { version, bytes, shards, at } = pointer;
	const whole = new Uint8Array(bytes);
	let offset = 0;
	for (let shard = 0; shard < shards; shard++) {
		const part = await kv.get(shardKey(version, at, shard), "arrayBuffer");
		if (part === null || offset + part.byteLength > bytes) return null;
		whole.set(new Uint8Array(part), offset);
		offset += part.byteLength;
	}
	return offset === bytes ? { version, bytes: whole } : null;
}

const STATE = "SELECT coalesce(max(version), 0) AS version, count(*) FILTER (WHERE version > ?1) AS changed FROM products";

/**
 * Builds the index anew where the catalogue has moved on far enough. An index is an immutable set of KV keys; the pointer
 * moves last, so that a build that breaks off leaves the one before.
 * @param build makes the file of all products up to a version
 * @returns the version that was built; null: nothing was due
 */
export async function refreshSearchFile(
	db: D1Database,
	kv: KVNamespace,
	build: (changes: AsyncIterable<readonly SearchedChange[]>, version: number) => Promise<Uint8Array>,
	now: number,
): Promise<number | null> {
	const before = await readPointer(kv);
	const state = await db
		.prepare(STATE)
		.bind(before?.version ?? 0)
		.first<{ version: number; changed: number }>();
	if (state === null || state.changed === 0) return null;
	const isOld = before !== null && now - before.at >= MAX_AGE_SECONDS;
	if (state.changed < CHANGES_MIN && !isOld) return null;
	const file = await build(pagesUpTo(db, state.version), state.version);
	const shards = Math.ceil(file.byteLength / SHARD_BYTES);
	for (let shard = 0; shard < shards; shard++) {
		await kv.put(shardKey(state.version, now, shard), file.slice(shard * SHARD_BYTES, (shard + 1) * SHARD_BYTES));
	}
	await kv.put(POINTER_KEY, JSON.stringify({ version: state.version, bytes: file.byteLength, shards, at: now } satisfies Pointer));
	if (before !== null) await expireShards(kv, before);
	return state.version;
}

/** A key that is put again with a time to live goes by itself. */
async function expireShards(kv: KVNamespace, { version, at, shards }: Pointer): Promise<void> {
	for (let shard = 0; shard < shards; shard++) {
		const key = shardKey(version, at, shard);
		const part = await kv.get(key, "arrayBuffer");
		if (part !== null) await kv.put(key, part, { expirationTtl: KEPT_SECONDS });
	}
}

/** All products up to a version, in order; what changes meanwhile has a later one and is read as a change. */
async function* pagesUpTo(db: D1Database, version: number): AsyncGenerator<readonly SearchedChange[]> {
	let [fromVersion, fromId] = [0, ""];
	for (;;) {
		const { results } = await db.prepare(SEARCHED_CHANGES).bind(fromVersion, fromId, PAGE_ROWS).all<ChangeRow>();
		const page = results.map(searchedChange).filter((change) => change.version <= version);
		if (page.length > 0) yield page;
		const last = page.at(-1);
		if (last === undefined || page.length < PAGE_ROWS) return;
		[fromVersion, fromId] = [last.version, last.id];
	}
}
