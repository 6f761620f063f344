import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHeldOut } from "./held-out.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "edgeshelf-held-out-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);

test("holds the last item of each sequence out, and filters seen items", async () => {
	write("sequences.txt.gz", "u1 a b c\nu2 d\nu3 a d\n");
	expect(await readHeldOut(folder)).toEqual({
		cases: [
			{ history: [{ item: "a" }, { item: "b" }], target: "c" },
			{ history: [{ item: "a" }], target: "d" },
		],
		items: 4,
		split: "leave-one-out",
		keepsSeen: false,
	});
});

test("sends the newest 512 entries of a long history", async () => {
	write("sequences.txt", `u ${Array.from({ length: 600 }, (_, i) => `i${i}`).join(" ")}\n`);
	const { history, target } = (await readHeldOut(folder)).cases[0] ?? { history: [], target: "" };
	expect(history).toHaveLength(512);
	expect(history.at(-1)).toEqual({ item: "i598" });
	expect(target).toBe("i599");
});

test("takes given targets as they are, and keeps seen items", async () => {
	write("test.tsv.gz", "1 2 1\t2\n3\t4\n");
	const data = await readHeldOut(folder);
	expect(data.cases[0]).toEqual({ history: [{ item: "1" }, { item: "2" }, { item: "1" }], target: "2" });
	expect(data).toMatchObject({ items: 4, split: "given", keepsSeen: true });
});

const EVENTS = `timestamp,visitorid,event,itemid,sessionid,categoryid
100,7,view,a,s1,1
300,7,transaction,b,s1,1
200,7,addtocart,b,s1,1
150,8,view,a,s2,1
`;

test("orders a session's events by time and sends their kind and time", async () => {
	write("events.csv", EVENTS);
	expect((await readHeldOut(folder)).cases).toEqual([
		{
			history: [
				{ item: "a", event: "view", at: 100 },
				{ item: "b", event: "cart", at: 200 },
			],
			target: "b",
		},
	]);
});

test("leaves out targets before a date", async () => {
	write("events.csv", EVENTS);
	expect((await readHeldOut(folder, 300)).cases).toHaveLength(1);
	expect((await readHeldOut(folder, 301)).cases).toHaveLength(0);
});

test("reads log lines: searches are history, impressions are not, and the target is an item", async () => {
	const line = (type: string, item: string | null, query: string | null, at: number) =>
		JSON.stringify({ type, item, query, at, session: "s" });
	const lines = [
		line("search", null, "lamp", 1),
		line("impression", "x", null, 2),
		line("view", "a", null, 3),
		line("search", null, "red", 4),
	];
	write("events.ndjson.gz", `${lines.join("\n")}\n`);
	expect((await readHeldOut(folder)).cases).toEqual([{ history: [{ query: "lamp", event: "search", at: 1 }], target: "a" }]);
});

test("a folder without any of the files is told so", async () => {
	await expect(readHeldOut(folder)).rejects.toThrow("holds none of sequences.txt.gz");
});
