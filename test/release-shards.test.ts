import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PAGED_SHARD_BYTES as SHARD } from "../src/contract/release.ts";
import { fromBase64 } from "../src/store/base64.ts";
import { createReleaseFiles } from "../src/store/release-files.ts";
import { bodyOf, partsOf, shardKey, shardOf } from "../src/store/release-shards.ts";
import { sha256 } from "./admin-fixtures.ts";

const ID = "20261120T100000Z-0123456789";
const NAME = "links.bin";
/** Shards of the file below. */
const SHARDS = 14;
/** The last shard is short. */
const content = drawn((SHARDS - 1) * SHARD + 12_346);
const FILE = { name: NAME, bytes: content.length, shards: SHARDS };
const hold = async () => {};

function drawn(bytes: number): Uint8Array<ArrayBuffer> {
	return new Uint8Array(bytes).map((_, at) => (at * 31 + (at >> 8)) & 255);
}

/** The namespace; notes the keys of each call. */
const asked: (string | string[])[] = [];
const kv = new Proxy(env.RELEASES, {
	get(target, property) {
		if (property !== "get") return Reflect.get(target, property).bind(target);
		return (keys: string | string[], options: never) => {
			asked.push(keys);
			return target.get(keys as string, options);
		};
	},
});
const files = createReleaseFiles(kv, env.LOG);
async function* whole() {
	yield content;
}
const parts = (...ranges: [number, number][]) => partsOf(kv, ID, NAME, ranges);
const keyOf = (shard: number) => shardKey(ID, NAME, shard);
const stored = async (shard: number) => (await env.RELEASES.get(keyOf(shard))) as string;

beforeEach(async () => {
	expect(await files.write(ID, NAME, whole(), hold)).toEqual({
		name: NAME,
		sha256: await sha256(content),
		bytes: content.length,
		shards: SHARDS,
	});
	asked.length = 0;
});
afterEach(reset);

test("parts come in one call that asks for each shard once, wherever they begin and end", async () => {
	const ranges: [number, number][] = [
		[0, 10],
		[5, 5],
		[SHARD - 7, SHARD],
		[SHARD - 1, SHARD + 1],
		[3 * SHARD + 1, 3 * SHARD + 101],
		[3 * SHARD + 50, 3 * SHARD + 60],
		[9 * SHARD - 4, 11 * SHARD + 5],
		[content.length - 20, content.length + 20],
	];
	const found = await parts(...ranges);
	for (const [n, [from, to]] of ranges.entries()) expect(found[n]).toEqual(content.slice(from, to));
	expect(asked).toEqual([[0, 1, 3, 8, 9, 10, 11, SHARDS - 1].map(keyOf)]);
});

test("a range beyond the end gives what its last shard has, and null where it touches a shard that the file does not have", async () => {
	const found = await parts(
		[content.length + 1, content.length + 4],
		[content.length, SHARDS * SHARD],
		[SHARDS * SHARD, SHARDS * SHARD],
		[content.length - 20, SHARDS * SHARD + 1],
		[7, 9],
	);
	expect(found).toEqual([new Uint8Array(), new Uint8Array(), null, null, content.slice(7, 9)]);
});

test("any part of the file is what was stored", async () => {
	const range = fc.tuple(fc.nat(content.length), fc.oneof(fc.nat(40), fc.nat(3 * SHARD)));
	await fc.assert(
		fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 5 }), async (some) => {
			const ranges = some.map(([from, length]): [number, number] => [from, Math.min(content.length, from + length)]);
			const found = await parts(...ranges);
			for (const [n, [from, to]] of ranges.entries()) if (to > from) expect(found[n]).toEqual(content.slice(from, to));
		}),
		{ numRuns: 40 },
	);
});

test("a part of more shards than a call takes comes in several calls", async () => {
	const large = drawn(70 * SHARD);
	await files.write(
		ID,
		NAME,
		(async function* () {
			yield large;
		})(),
		hold,
	);
	expect(await parts([0, large.length])).toEqual([large]);
	expect(asked.length).toBeGreaterThan(1);
	for (const keys of asked) expect(keys.length).toBeLessThanOrEqual(100);
});

test("the whole comes back byte for byte, as a stream, as its hash and from the archive", async () => {
	const streamed = await files.read(ID, FILE);
	expect(new Uint8Array(await new Response(streamed).arrayBuffer())).toEqual(content);
	expect(await files.digest(ID, FILE)).toEqual({ sha256: await sha256(content), bytes: content.length });
	await files.removeShards(ID, NAME, 0, SHARDS);
	expect((await env.RELEASES.list()).keys).toEqual([]);
	expect(await files.restore(ID, NAME, hold)).toBe(SHARDS);
	expect(await files.digest(ID, FILE)).toEqual({ sha256: await sha256(content), bytes: content.length });
});

describe.each<[string, (text: string) => string | Uint8Array | null]>([
	["missing", () => null],
	["cut short", (text) => text.slice(0, 8000)],
	["cut within a group", (text) => text.slice(0, 8001)],
	["with a character of no meaning", (text) => `${text.slice(0, 41)}*${text.slice(42)}`],
	["with a space", (text) => `${text.slice(0, 41)} ${text.slice(42)}`],
	["with its end in the middle", (text) => `${text.slice(0, 43)}=${text.slice(44)}`],
	["of bytes, as other files have them", () => content.slice(SHARD, 2 * SHARD)],
	["empty", () => ""],
])("a shard that is %s", (_, change) => {
	beforeEach(async () => {
		const changed = change(await stored(1));
		if (changed === null) await env.RELEASES.delete(keyOf(1));
		else await env.RELEASES.put(keyOf(1), changed);
	});

	test("gives no other bytes than were stored, and leaves the rest of the call alone", async () => {
		const [before, within, across, after] = await parts(
			[0, 30],
			[SHARD + 24, SHARD + 9000],
			[SHARD + 24, 2 * SHARD + 9],
			[2 * SHARD, 2 * SHARD + 9],
		);
		expect(before).toEqual(content.slice(0, 30));
		expect(after).toEqual(content.slice(2 * SHARD, 2 * SHARD + 9));
		expect(across).toBeNull();
		// What was cut off is not there; a reader of pages sees that one is short.
		if (within !== null) {
			expect((within as Uint8Array).length).toBeLessThan(8976);
			expect(within).toEqual(content.slice(SHARD + 24, SHARD + 24 + (within as Uint8Array).length));
		}
	});

	test("is found before the release serves, and mended from the archive", async () => {
		expect(await files.digest(ID, FILE)).not.toMatchObject({ sha256: await sha256(content) });
		await files.restore(ID, NAME, hold);
		expect(await files.digest(ID, FILE)).toMatchObject({ sha256: await sha256(content) });
	});
});

test("a body whose shard is missing breaks off by its number; one shard alone is null", async () => {
	await env.RELEASES.delete(keyOf(10));
	const read = async () => {
		for await (const _ of bodyOf(kv, ID, NAME, SHARDS));
	};
	await expect(read()).rejects.toThrow("Shard 10 of links.bin is missing");
	expect(await shardOf(kv, ID, NAME, 10)).toBeNull();
	expect(await shardOf(kv, ID, NAME, 11)).toEqual(content.slice(11 * SHARD, 12 * SHARD));
});

test("a text gives any of its bytes, or null; it never throws", () => {
	const alphabet = fc.constantFrom(..."AZaz09+/=- \n*é\0");
	fc.assert(
		fc.property(
			fc.uint8Array({ maxLength: 200 }),
			fc.nat(200),
			fc.nat(200),
			fc.array(fc.tuple(fc.nat(300), alphabet)),
			(bytes, from, length, edits) => {
				const text = bytes.toBase64();
				expect(fromBase64(text, from, from + length)).toEqual(bytes.slice(from, from + length));
				const edited = edits.reduce((left, [at, character]) => left.slice(0, at) + character + left.slice(at + 1), text);
				const found = fromBase64(edited, from, from + length);
				if (found !== null) expect(found.length).toBeLessThanOrEqual(length);
			},
		),
	);
});
