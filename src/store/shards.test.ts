import { expect, test } from "vitest";
import { shardsOf } from "./shards.ts";

async function* streamOf(...chunks: string[]) {
	for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

async function shardTexts(shardBytes: number, ...chunks: string[]): Promise<string[]> {
	const texts: string[] = [];
	for await (const shard of shardsOf(streamOf(...chunks), shardBytes)) texts.push(new TextDecoder().decode(shard));
	return texts;
}

test.each([
	["chunks smaller than a shard", ["a", "bc", "d", "efg"], ["abc", "def", "g"]],
	["a chunk of many shards", ["abcdefgh"], ["abc", "def", "gh"]],
	["an end on a shard's edge", ["ab", "cdef"], ["abc", "def"]],
	["empty chunks", ["", "ab", "", "c", ""], ["abc"]],
	["nothing", [], []],
])("cuts into equal shards, the last shorter: %s", async (_, chunks, shards) => {
	expect(await shardTexts(3, ...chunks)).toEqual(shards);
});

test("a shard larger than its first buffer keeps every byte", async () => {
	const text = "0123456789".repeat(30_000);
	expect(await shardTexts(200_000, ...(text.match(/.{1,7777}/g) ?? []))).toEqual([text.slice(0, 200_000), text.slice(200_000)]);
});
