import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openRows } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "edgeshelf-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array, skip = 0) {
	const path = join(folder, name);
	writeFileSync(path, content);
	const { feed, rows } = await openRows(path, { skip });
	const all = [];
	for await (const row of rows) all.push(row);
	return { rows: all, damage: await feed.damage() };
}

test("numbers NDJSON rows by their lines and tells what is wrong with one", async () => {
	const { rows, damage } = await read("a.ndjson", '{"id":"1"}\r\n\n{"id":\n[]\n{"id":"2"}');
	expect(rows).toEqual([
		{ line: 1, record: { id: "1" } },
		{ line: 3, problem: "is not JSON" },
		{ line: 4, problem: "is not a JSON object" },
		{ line: 5, record: { id: "2" } },
	]);
	expect(damage).toBeNull();
});

test("tells a line that is not UTF-8", async () => {
	const { rows } = await read("b.ndjson", Buffer.from([...Buffer.from('{"id":"'), 0xff, ...Buffer.from('"}\n{"id":"2"}\n')]));
	expect(rows).toEqual([
		{ line: 1, problem: "is not UTF-8" },
		{ line: 2, record: { id: "2" } },
	]);
});

test("reads CSV with quoted line ends, a byte order mark and any separator", async () => {
	const { rows } = await read("c.csv", '\uFEFFid;title\n1;"two\nlines; one field"\n2;17" screen\n');
	expect(rows).toEqual([
		{ line: 3, record: { id: "1", title: "two\nlines; one field" } },
		{ line: 4, record: { id: "2", title: '17" screen' } },
	]);
});

test("a CSV row with another number of columns is bad, the rows about it are not", async () => {
	const { rows } = await read("d.tsv", "id\ttitle\n1\ta\n2\n3\tc\n");
	expect(rows).toEqual([
		{ line: 2, record: { id: "1", title: "a" } },
		{ line: 3, problem: "has 1 columns; the header has 2" },
		{ line: 4, record: { id: "3", title: "c" } },
	]);
});

test("skips the rows that an import has behind it", async () => {
	expect((await read("e.csv", "id\n1\n2\n3\n", 2)).rows).toEqual([{ line: 4, record: { id: "3" } }]);
	expect((await read("e.ndjson", '{"id":1}\n{"id":2}\n{"id":3}\n', 2)).rows).toEqual([{ line: 3, record: { id: 3 } }]);
});

// Incompressible values, so that a cut file holds a good part of its rows.
const values = Array.from({ length: 3000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 0);

test("keeps every whole row of an NDJSON gzip that is cut off, and says so", async () => {
	const packed = gzipSync(values.map((id) => `${JSON.stringify({ id })}\n`).join(""));
	const { rows, damage } = await read("cut.ndjson.gz", packed.subarray(0, packed.byteLength / 2));
	expect(damage).toBe("the gzip is cut off");
	expect(rows.length).toBeGreaterThan(1000);
	expect(rows).toEqual(values.slice(0, rows.length).map((id, index) => ({ line: index + 1, record: { id } })));
});

test("does not take the last, incomplete row of a CSV gzip that is cut off", async () => {
	const packed = gzipSync(`id,n\n${values.map((id) => `${id},${id}`).join("\n")}\n`);
	const { rows, damage } = await read("cut.csv.gz", packed.subarray(0, packed.byteLength / 2));
	expect(damage).toBe("the gzip is cut off");
	expect(rows.length).toBeGreaterThan(500);
	expect(rows).toEqual(values.slice(0, rows.length).map((id, index) => ({ line: index + 2, record: { id: String(id), n: String(id) } })));
});

test("a gzip of several members is whole", async () => {
	const { rows, damage } = await read("two.ndjson.gz", Buffer.concat([gzipSync('{"id":1}\n'), gzipSync('{"id":2}\n')]));
	expect(rows).toHaveLength(2);
	expect(damage).toBeNull();
});

test("a JSON array and UTF-16 are refused with advice", async () => {
	await expect(read("f.json", '[{"id":1}]')).rejects.toThrow("one object a line");
	await expect(read("g.csv", Buffer.from("\uFEFFid\n1\n", "utf16le"))).rejects.toThrow("UTF-8");
});
