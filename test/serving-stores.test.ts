import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Product } from "../src/contract/product.ts";
import type { OverlayCursor, ProductChange } from "../src/pipeline/ports.ts";
import { createCatalogue } from "../src/store/catalogue.ts";
import { createDaySalt, saltEndOf } from "../src/store/day-salt.ts";
import { createHotListSource } from "../src/store/hot-list-reader.ts";
import { createOverlaySource } from "../src/store/overlay.ts";
import { migrate, NOW } from "./admin-fixtures.ts";

beforeEach(migrate);
afterEach(() => reset());

const DAY = 86_400;
const product = (id: string, values: Partial<Product> = {}): Product => ({
	id,
	title: id,
	titles: null,
	description: "long",
	category: null,
	brand: null,
	price: null,
	currency: null,
	stock: null,
	image: null,
	url: null,
	group: null,
	attributes: {},
	...values,
});
/** A store none of whose calls ever comes back with anything. */
const deadKv = { get: () => Promise.reject(new Error("dead")), put: () => Promise.reject(new Error("dead")) } as unknown as KVNamespace;

test("all isolates share the day's salt, and tomorrow's is ready before midnight", async () => {
	const first = createDaySalt(env.RELEASES);
	await first.prepareSalts(NOW);
	expect((await env.RELEASES.list({ prefix: "salt/" })).keys.map(({ name }) => name)).toEqual(["salt/2026-11-20", "salt/2026-11-21"]);
	const [today, tomorrow] = [await first.current(NOW), await first.current(NOW + DAY)];
	expect(today).not.toEqual(tomorrow);
	const second = createDaySalt(env.RELEASES);
	expect([await second.current(NOW), await second.current(NOW + DAY)]).toEqual([today, tomorrow]);
	await second.prepareSalts(NOW);
	expect(await createDaySalt(env.RELEASES).current(NOW)).toEqual(today);
});

test("a salt that is missing is made on demand, with an end", async () => {
	const { salt } = await createDaySalt(env.RELEASES).current(NOW);
	expect(salt.byteLength).toBe(32);
	expect(await createDaySalt(env.RELEASES).current(NOW)).toEqual({ salt, shared: true });
	const [key] = (await env.RELEASES.list({ prefix: "salt/" })).keys;
	// NOW is 10:00: 14 hours of the day are left, and one of grace.
	expect(Math.abs((key?.expiration ?? 0) - Date.now() / 1000 - 15 * 3600)).toBeLessThan(60);
});

test("each salt ends an hour after its day, so that no visitor can be followed into the next", async () => {
	await createDaySalt(env.RELEASES).prepareSalts(NOW);
	const ends = (await env.RELEASES.list({ prefix: "salt/" })).keys.map(({ expiration = 0 }) => expiration - Date.now() / 1000);
	for (const [day, left] of ends.entries()) expect(Math.abs(left - (15 * 3600 + day * DAY))).toBeLessThan(60);
	const salt = createDaySalt(env.RELEASES);
	const today = await salt.stored(NOW, NOW);
	expect(today?.byteLength).toBe(32);
	const end = saltEndOf(NOW);
	expect(await salt.stored(NOW, end - 1)).toEqual(today);
	// Held by an isolate or still in the store: from then on it is nobody's.
	expect(await salt.stored(NOW, end)).toBeNull();
	expect(await createDaySalt(env.RELEASES).stored(NOW, end)).toBeNull();
	expect(await createDaySalt(env.RELEASES).stored(NOW - DAY, NOW)).toBeNull();
	expect(await createDaySalt(deadKv).stored(NOW, NOW)).toBeNull();
});

test("nobody is counted under a salt that other isolates may not have", async () => {
	const first = createDaySalt(env.RELEASES);
	expect((await first.current(NOW)).shared).toBe(false);
	expect((await first.current(NOW + 29)).shared).toBe(false);
	// Another isolate put its own in between: what the store has at the next asking is everybody's.
	const theirs = new Uint8Array(32).fill(9);
	await env.RELEASES.put("salt/2026-11-20", theirs);
	expect(await first.current(NOW + 30)).toEqual({ salt: theirs, shared: true });
	expect((await createDaySalt(deadKv).current(NOW)).shared).toBe(false);
});

test("a salt is at hand without waiting; the shared one takes its place once it was read", async () => {
	const theirs = new Uint8Array(32).fill(9);
	await env.RELEASES.put("salt/2026-11-20", theirs);
	const first = createDaySalt(env.RELEASES);
	const own = first.atHand(NOW);
	expect([own.byteLength, own]).not.toEqual([32, theirs]);
	const reading = first.refresh(NOW);
	expect([reading, first.refresh(NOW), first.atHand(NOW)]).toEqual([expect.any(Promise), null, own]);
	await reading;
	expect([first.atHand(NOW), first.refresh(NOW + 60)]).toEqual([theirs, null]);

	const alone = createDaySalt(deadKv);
	const kept = alone.atHand(NOW);
	await alone.refresh(NOW);
	expect([alone.atHand(NOW), alone.refresh(NOW + 29), alone.refresh(NOW + 30)]).toEqual([kept, null, expect.any(Promise)]);
});

test("with a dead store an isolate keeps a salt of its own for the day", async () => {
	const salts = createDaySalt(deadKv);
	const today = await salts.current(NOW);
	expect(today.salt.byteLength).toBe(32);
	expect(await salts.current(NOW + 1000)).toEqual(today);
	expect(await salts.current(NOW + DAY)).not.toEqual(today);
	expect(await createDaySalt(deadKv).current(NOW)).not.toEqual(today);
});

test("the overlay reads each change once, in pages, deletions included", async () => {
	const catalogue = createCatalogue(env.DB);
	await catalogue.upsert(
		["a", "b", "c", "d", "e"].map((id) => product(id, { price: 1, stock: 0, attributes: { colour: "red" } })),
		NOW,
	);
	await catalogue.remove("b", NOW);
	const source = createOverlaySource(env.DB);
	const seen: ProductChange[] = [];
	let cursor: OverlayCursor = { version: 0, id: "" };
	for (let page = await source.changes(cursor, 2); page.length > 0; page = await source.changes(cursor, 2)) {
		expect(page.length).toBeLessThanOrEqual(2);
		seen.push(...page);
		cursor = page.at(-1) as OverlayCursor;
	}
	expect(seen.map(({ id, version, product: now }) => [id, version, now === null])).toEqual([
		["a", 1, false],
		["c", 1, false],
		["d", 1, false],
		["e", 1, false],
		["b", 2, true],
	]);
	expect(seen[0]?.product).toMatchObject({ title: "a", price: 1, stock: 0, attributes: { colour: "red" } });
	expect(seen[0]?.product).not.toHaveProperty("description");
	await catalogue.upsert([product("c", { price: 2 })], NOW);
	expect((await source.changes(cursor, 2)).map(({ id, product: now }) => [id, now?.price])).toEqual([["c", 2]]);
});

test("products of the named categories' lists come first, then the common list, then the newest; none deleted, each once", async () => {
	const catalogue = createCatalogue(env.DB);
	await catalogue.upsert(
		["a", "b", "c", "d"].map((id) => product(id)),
		NOW,
	);
	await catalogue.upsert([product("new")], NOW);
	await catalogue.remove("c", NOW);
	const list = (name: string, items: string[]) =>
		env.DB.prepare("INSERT INTO hot_lists (name, items, updatedAt) VALUES (?1, ?2, 0)").bind(name, JSON.stringify(items)).run();
	await list("popular", ["a", "c", "b", "nowhere"]);
	await list("popular:lip", ["b"]);
	const source = createHotListSource(env.DB, env.RELEASES);
	expect((await source.products(["lip"], Number.POSITIVE_INFINITY)).map(({ id }) => id)).toEqual(["b", "a", "new", "d"]);
	expect((await source.products([], Number.POSITIVE_INFINITY)).map(({ id }) => id)).toEqual(["a", "b", "new", "d"]);
	expect((await source.products([], 3)).map(({ id }) => id)).toEqual(["a", "b", "new"]);
	expect((await source.products([], 2)).map(({ id }) => id)).toEqual(["a", "b"]);
	expect(await source.lists()).toEqual({
		overall: ["a", "c", "b", "nowhere"],
		byCategory: new Map([["lip", ["b"]]]),
		trending: { overall: [], byCategory: new Map() },
		queries: [],
		newest: ["a", "b", "d", "new"],
	});
	expect(await source.staticIds()).toBeNull();
	await env.RELEASES.put("static", JSON.stringify({ release: "r", items: ["x", "y"] }));
	expect(await source.staticIds()).toEqual(["x", "y"]);
});
