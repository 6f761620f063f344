import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CATALOGUE_BODY_MAX_BYTES, type CatalogueReport, type StoredProduct } from "../src/contract/product.ts";
import { createCatalogue } from "../src/store/catalogue.ts";
import { adminApp, migrate, refusal, rows } from "./admin-fixtures.ts";

beforeEach(migrate);
afterEach(reset);

const ask = adminApp();
type Page = { products: StoredProduct[]; cursor: string | null; version: number };

const put = async (...lines: unknown[]): Promise<CatalogueReport> => {
	const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
	const answer = await ask("PUT", "/admin/catalogue", "catalogue", body);
	expect(answer.status).toBe(200);
	return answer.json();
};
const page = async (query = ""): Promise<Page> => (await ask("GET", `/admin/catalogue${query}`, "read")).json();
const product = (id: string, more: object = {}) => ({ id, title: `Title of ${id}`, ...more });

test("takes products and gives them back with every field and their version", async () => {
	expect(await put(product("a", { price: 1999, attributes: { size: "L", brand: "OPI" } }), product("口红 🥀/%2F?"))).toEqual({
		upserted: 2,
		unchanged: 0,
		rejected: [],
		version: 1,
	});
	const absent = {
		titles: null,
		description: null,
		category: null,
		brand: null,
		price: null,
		currency: null,
		stock: null,
		image: null,
		url: null,
		group: null,
	};
	expect(await page()).toEqual({
		products: [
			{ ...absent, ...product("a"), price: 1999, attributes: { brand: "OPI", size: "L" }, version: 1 },
			{ ...absent, ...product("口红 🥀/%2F?"), attributes: {}, version: 1 },
		],
		cursor: null,
		version: 1,
	});
});

test("the same import again changes nothing, however its fields are ordered", async () => {
	await put({ id: "a", title: "A", attributes: { x: "1", y: "2" }, titles: { zh: "甲", de: "A" } }, product("b"));
	const again = await put(
		{ attributes: { y: "2", x: "1" }, titles: { de: "A", zh: "甲" }, title: "A", id: "a", price: null },
		product("b"),
	);
	expect(again).toEqual({ upserted: 0, unchanged: 2, rejected: [], version: 1 });
});

test("only what differs gets the new version", async () => {
	await put(product("a"), product("b"), product("c"));
	expect(await put(product("a"), product("b", { stock: 0 }), product("d"))).toEqual({
		upserted: 2,
		unchanged: 1,
		rejected: [],
		version: 2,
	});
	expect((await page()).products.map(({ id, version }) => [id, version])).toEqual([
		["a", 1],
		["c", 1],
		["b", 2],
		["d", 2],
	]);
});

test("keeps good lines beside bad ones, each told by line, id and field", async () => {
	const report = await put(
		product("a"),
		"{not json",
		"",
		{ id: "b" },
		{ id: "c", title: "C", email: "ada@example.org" },
		{ id: "d", title: "D", price: -1 },
		{ title: "no id" },
		'"text"',
		product("e"),
	);
	expect(report).toMatchObject({ upserted: 2, version: 1 });
	expect(report.rejected.map(({ line, id, path }) => [line, id, path])).toEqual([
		[2, null, ""],
		[4, "b", "title"],
		[5, "c", "email"],
		[6, "d", "price"],
		[7, null, "id"],
		[8, null, ""],
	]);
	expect(JSON.stringify(report)).not.toContain("ada@example.org");
});

test("bytes that are no UTF-8 spoil their own line only", async () => {
	const encode = (text: string) => new TextEncoder().encode(text);
	const body = new Uint8Array([
		...encode(`${JSON.stringify(product("a"))}\r\n{"id":"b","title":"`),
		0xff,
		...encode(`"}\n${JSON.stringify(product("c"))}\n`),
	]);
	const report = await (await ask("PUT", "/admin/catalogue", "catalogue", body)).json<CatalogueReport>();
	expect(report).toMatchObject({ upserted: 2, rejected: [{ line: 2, id: null, path: "" }] });
});

test("of equal ids in one body the last counts", async () => {
	expect(await put(product("a", { price: 1 }), product("b"), product("a", { price: 2 }))).toMatchObject({ upserted: 2, unchanged: 0 });
	expect((await page()).products.find(({ id }) => id === "a")?.price).toBe(2);
});

test("a deleted product leaves the pages under a new version, and comes back with the next import", async () => {
	await put(product("a"), product("b/%2F 口红"));
	expect((await ask("DELETE", `/admin/catalogue/${encodeURIComponent("b/%2F 口红")}`, "catalogue")).status).toBe(204);
	expect(await page()).toMatchObject({ products: [{ id: "a", version: 1 }], version: 2 });
	expect(await rows("SELECT id, deleted, version FROM products ORDER BY id")).toEqual([
		{ id: "a", deleted: 0, version: 1 },
		{ id: "b/%2F 口红", deleted: 1, version: 2 },
	]);
	expect(await refusal(await ask("DELETE", `/admin/catalogue/${encodeURIComponent("b/%2F 口红")}`, "catalogue"))).toMatchObject({
		status: 404,
		code: "not_found",
	});
	expect(await put(product("b/%2F 口红"))).toMatchObject({ upserted: 1, version: 3 });
	expect((await page()).products.map(({ id }) => id)).toEqual(["a", "b/%2F 口红"]);
});

test("pages by last change, each product once, to the end", async () => {
	await put(...Array.from({ length: 7 }, (_, n) => product(`p${n}`)));
	await put(product("p3", { stock: 5 }));
	const ids: string[] = [];
	const sizes: number[] = [];
	let cursor: string | null = null;
	do {
		const found: Page = await page(`?limit=3${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
		ids.push(...found.products.map(({ id }) => id));
		sizes.push(found.products.length);
		cursor = found.cursor;
	} while (cursor !== null);
	expect(ids).toEqual(["p0", "p1", "p2", "p4", "p5", "p6", "p3"]);
	expect(sizes).toEqual([3, 3, 1]);
});

test("a page ends early where its products are large", async () => {
	const long = { description: "長".repeat(20_000), titles: Object.fromEntries(["de", "fr", "zh"].map((tag) => [tag, "語".repeat(1000)])) };
	const catalogue = createCatalogue(env.DB);
	const blank = {
		category: null,
		brand: null,
		price: null,
		currency: null,
		stock: null,
		image: null,
		url: null,
		group: null,
		attributes: {},
	};
	await catalogue.upsert(
		Array.from({ length: 100 }, (_, n) => ({ id: String(n).padStart(3, "0"), title: "t", ...long, ...blank })),
		1,
	);
	const first = await catalogue.page(null, 1000);
	const second = await catalogue.page(first.cursor, 1000);
	expect(first.products.length).toBeGreaterThan(50);
	expect([...first.products, ...second.products].map(({ id }) => Number(id))).toEqual(Array.from({ length: 100 }, (_, n) => n));
	expect(second.cursor).toBeNull();
	// More than one bound value was needed, and still all rows share one version.
	expect(await rows("SELECT DISTINCT version FROM products")).toEqual([{ version: 1 }]);
});

test("two imports at once get two versions, so that no reader misses one", async () => {
	await Promise.all(["a", "b", "c", "d"].map((name) => put(product(name))));
	expect(await rows("SELECT version FROM products ORDER BY version")).toEqual([
		{ version: 1 },
		{ version: 2 },
		{ version: 3 },
		{ version: 4 },
	]);
});

test("takes a whole shop of 19,406 products in bodies below the limit", async () => {
	const lines = Array.from({ length: 19_406 }, (_, n) =>
		product(`item-${n}`, { category: `c${n % 50}`, brand: `b${n % 300}`, price: n, attributes: { color: `x${n % 9}` } }),
	);
	let upserted = 0;
	for (let start = 0; start < lines.length; start += 10_000) upserted += (await put(...lines.slice(start, start + 10_000))).upserted;
	expect(upserted).toBe(19_406);
	expect(await rows("SELECT count(*) AS n, max(version) AS version FROM products")).toEqual([{ n: 19_406, version: 2 }]);
});

test("refuses bodies beyond the limit, bad cursors and limits, and unknown parameters", async () => {
	expect(await refusal(await ask("PUT", "/admin/catalogue", "catalogue", new Uint8Array(CATALOGUE_BODY_MAX_BYTES + 1)))).toMatchObject({
		status: 413,
		code: "body_too_large",
	});
	expect(await refusal(await ask("PUT", "/admin/catalogue", "catalogue", "x\n".repeat(10_001)))).toMatchObject({
		status: 400,
		code: "invalid_field",
	});
	expect(await refusal(await ask("GET", "/admin/catalogue?cursor=nonsense", "read"))).toMatchObject({
		status: 400,
		code: "invalid_field",
		path: "cursor",
	});
	for (const limit of ["0", "1001", "ten"]) {
		expect(await refusal(await ask("GET", `/admin/catalogue?limit=${limit}`, "read"))).toMatchObject({
			status: 400,
			code: "invalid_field",
			path: "limit",
		});
	}
	expect(await refusal(await ask("GET", "/admin/catalogue?page=2", "read"))).toMatchObject({
		status: 400,
		code: "unknown_field",
		path: "page",
	});
	expect(await put("")).toEqual({ upserted: 0, unchanged: 0, rejected: [], version: 0 });
});

test.each([
	["PUT", "/admin/catalogue", "read", "catalogue"],
	["GET", "/admin/catalogue", "catalogue", "read"],
	["DELETE", "/admin/catalogue/a", "read", "catalogue"],
] as const)("%s %s needs its scope", async (method, path, wrong, right) => {
	expect(await refusal(await ask(method, path, null))).toMatchObject({ status: 401, code: "unauthorized" });
	const { message, ...refused } = await refusal(await ask(method, path, wrong));
	expect(refused).toEqual({ status: 403, code: "forbidden" });
	expect(message).toContain(right);
});
