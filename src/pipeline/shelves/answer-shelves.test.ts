import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanEncoder } from "../../../test/fixtures/mean-encoder.ts";
import { TINY_ITEMS, tinyRelease } from "../../../test/fixtures/tiny-release.ts";
import { UNKNOWN_CONTEXT } from "../../contract/context.ts";
import type { Filter, HistoryEntry, Source } from "../../contract/recommendation.ts";
import { SHELVES, type Shelf } from "../../contract/shelf.ts";
import { NO_RULES } from "../../rank/rules.ts";
import { loadRelease } from "../load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "../overlaid-release.ts";
import { createPlainSpace } from "../plain-space.ts";
import type { Encoder, HotLists, OverlaidProduct } from "../ports.ts";
import { createStopwatch } from "../stopwatch.ts";
import { answerShelves } from "./answer-shelves.ts";
import type { ShelfFrame, ShelfSpec } from "./pool.ts";
import { meetShopper } from "./shopper.ts";

const { manifest, files } = await tinyRelease(new Uint8Array([1]));
const loaded = await loadRelease(manifest, files, null, createPlainSpace);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const { value: published } = loaded;

/** The release with columns of its own, since the overlay writes into them. */
function load(encoder: Encoder | null = meanEncoder()): OverlaidRelease {
	const { table } = published;
	const columns = {
		price: table.price.slice(),
		category: table.category.slice(),
		inStock: table.inStock.slice(),
		hidden: table.hidden.slice(),
		group: table.group.slice(),
		attributes: table.attributes.map((column) => column.slice()),
	};
	return createOverlaidRelease({ ...published, encoder, table: { ...table, ...columns } }, createPlainSpace);
}

const ALL: readonly string[] = TINY_ITEMS.map(({ id }) => id);
const FILLED = SHELVES.filter((shelf) => shelf !== "recently-viewed" && shelf !== "buy-again");
const entries = (event: HistoryEntry["event"], ...items: string[]): HistoryEntry[] => items.map((item) => ({ item, event }));
const product = (values: Partial<OverlaidProduct>): OverlaidProduct => ({
	title: "lip",
	titles: null,
	category: null,
	brand: null,
	price: null,
	stock: null,
	group: null,
	attributes: {},
	...values,
});
const HOT: HotLists = {
	overall: ["hair-12"],
	byCategory: new Map(),
	trending: { overall: ["nail-8", "gone", "hair-10", "lip-1"], byCategory: new Map([["lip", ["口红-4"]]]) },
	newest: ["hair-11", "nail-6"],
	queries: [],
};
const spec = (shelf: Shelf, more: Partial<ShelfSpec> = {}): ShelfSpec => ({
	shelf,
	item: null,
	items: [],
	limit: 3,
	filter: {},
	rules: NO_RULES,
	...more,
});

function answer(release: OverlaidRelease, specs: readonly ShelfSpec[], more: Partial<ShelfFrame> = {}, hot: HotLists | null = HOT) {
	const faults: Source[] = [];
	const frame: ShelfFrame = { history: [], exclude: [], excludeSeen: true, explain: false, ...more };
	const onFault = (rung: Source) => faults.push(rung);
	const shopper = meetShopper(
		release,
		frame,
		UNKNOWN_CONTEXT,
		0,
		createStopwatch(() => 0),
		onFault,
	);
	const shelves = answerShelves(release, frame, specs, shopper, hot, onFault).map((shelf) => ({
		...shelf,
		ids: shelf.items.map(({ id }) => id),
	}));
	return { shelves, faults, only: shelves[0] as (typeof shelves)[number] };
}

test("similar: neighbours by content and in item space, never the product itself, and said to be like it", () => {
	const release = load();
	const { only } = answer(release, [spec("similar", { item: "lip-1", limit: 4 })], { explain: true });
	// By content 口红-4 alone; by angle lip-2, 口红-4, 口红-3 (0.986, 0.990 and 0.965: 口红-4 first); then another kind.
	expect(only).toMatchObject({ source: "session", ids: ["口红-4", "lip-2", "口红-3", expect.any(String)] });
	expect(only.items[0]?.reason).toEqual({ kind: "similar", item: "lip-1" });
	// Without a product it is about the newest of the history.
	const newest = answer(release, [spec("similar")], { history: entries("view", "nail-5", "lip-1"), explain: true }).only;
	expect(newest.items[0]?.reason).toEqual({ kind: "similar", item: "lip-1" });
	expect(answer(release, [spec("similar", { item: "nobody" })]).only).toMatchObject({
		source: "popular",
		ids: ["hair-12", "lip-1", "lip-2"],
	});
});

test("bought together: of the whole cart, what was bought before what was looked at, the cart itself left out", () => {
	const release = load();
	const cart = ["nail-5", "lip-1"];
	const { only } = answer(release, [spec("bought-together", { items: cart, limit: 12 })], { explain: true });
	// lip-1 -> hair-9 by purchase; by transition lip-1 -> lip-2 and nail-5 -> nail-6 alike, the lower row first.
	expect(only.ids.slice(0, 3)).toEqual(["hair-9", "lip-2", "nail-6"]);
	expect(only.items.slice(0, 3).map(({ reason }) => reason)).toEqual([
		{ kind: "bought-together", item: "lip-1" },
		{ kind: "bought-together", item: "lip-1" },
		{ kind: "bought-together", item: "nail-5" },
	]);
	expect(only.ids).toHaveLength(10);
	expect(only.ids).not.toContain("nail-5");
	// What the history put into the cart stands for one that was not sent, and a variant speaks for its product.
	const carted = [...entries("cart", "lip-1"), ...entries("view", "hair-12")];
	expect(answer(release, [spec("bought-together")], { history: carted }).only.ids).toContain("hair-9");
	release.apply([
		{ id: "lip-1", version: 1, product: product({ group: "g" }) },
		{ id: "口红-3", version: 1, product: product({ group: "g" }) },
	]);
	const byVariant = answer(release, [spec("bought-together", { items: ["口红-3"] })], { explain: true }).only;
	expect(byVariant.items[0]).toMatchObject({ id: "hair-9", reason: { kind: "bought-together", item: "口红-3" } });
	expect(byVariant.ids).not.toContain("lip-1");
});

test("bought together, fitted to baskets: links add up with what the shopper bought before, and no other order is laid over it", () => {
	const plain = load();
	const fusion = { ...plain.loaded.fusion, baskets: { own: 0.8, popular: 0 } };
	const release = createOverlaidRelease({ ...plain.loaded, fusion }, createPlainSpace);
	const history = [...entries("purchase", "hair-12", "hair-12"), ...entries("purchase", "nail-7"), ...entries("view", "nail-5")];
	const ask = (excludeSeen: boolean) =>
		answer(release, [spec("bought-together", { items: ["lip-1"], limit: 4 })], { history, excludeSeen, explain: true }).only;
	// hair-9 by its link, 1; hair-12 0.8 log 3, nail-7 0.8 log 2; then what is only looked at next.
	const shown = ask(false);
	expect(shown).toMatchObject({ source: "session", ids: ["hair-9", "hair-12", "nail-7", "lip-2"] });
	expect(shown.items.map(({ score }) => score)).toEqual([
		expect.closeTo(2, 6),
		1 + 0.8 * Math.log(3),
		1 + 0.8 * Math.log(2),
		expect.any(Number),
	]);
	expect(shown.items[1]?.reason).toEqual({ kind: "bought" });
	expect(ask(true).ids.slice(0, 2)).toEqual(["hair-9", "lip-2"]);
});

test("trending, new and popular come from their lists, by category where one is asked for, and say so", () => {
	const release = load();
	const ask = (shelf: Shelf, more: Partial<ShelfSpec> = {}, hot: HotLists | null = HOT) =>
		answer(release, [spec(shelf, more)], { explain: true }, hot).only;
	expect(ask("trending")).toMatchObject({ source: "popular", ids: ["nail-8", "hair-10", "lip-1"] });
	expect(ask("trending").items[0]?.reason).toEqual({ kind: "trending" });
	const lips = ask("trending", { filter: { category: ["lip"] } });
	expect(lips.ids).toEqual(["口红-4", "lip-1", "lip-2"]);
	expect(lips.items.map(({ reason }) => reason?.kind)).toEqual(["trending", "popular", "popular"]);
	expect(ask("new").items.map(({ id, reason }) => [id, reason?.kind])).toEqual([
		["hair-11", "new"],
		["nail-6", "new"],
		["hair-12", "popular"],
	]);
	expect(ask("popular").ids).toEqual(["hair-12", "lip-1", "lip-2"]);
	expect(ask("popular", { items: ["lip-1"], item: "lip-2" }).ids).toEqual(["口红-3", "口红-4", "hair-12"]);
	// Without the database's lists what is popular over the release's time stands in.
	expect(ask("trending", {}, null)).toMatchObject({ source: "popular", ids: ["lip-1", "lip-2", "口红-3"] });
});

test("a history has its say in the order of a shelf, with and without the encoder", () => {
	const history = entries("view", "hair-9");
	const only = (release: OverlaidRelease) => answer(release, [spec("trending")], { history }).only;
	expect(only(load())).toMatchObject({ source: "personal", ids: ["hair-10", "nail-8", "lip-1"] });
	// No row links from hair-9: the tables have nothing to say.
	expect(only(load(null))).toMatchObject({ source: "popular", ids: ["nail-8", "hair-10", "lip-1"] });
	const failing = { ...meanEncoder(), encode: () => Float32Array.of(Number.NaN, 0, 0, 0) };
	const broken = answer(load(failing), [spec("personal")], { history: entries("view", "lip-1") });
	expect(broken).toMatchObject({ faults: ["personal"], only: { source: "session", ids: ["lip-2", "nail-5", "口红-4"] } });
});

test("recently viewed and buy again come from the history alone and are never filled up", () => {
	const release = load();
	const history = [
		...entries("view", "nail-5", "lip-1"),
		...entries("purchase", "hair-9", "hair-10", "hair-9", "lip-2"),
		...entries("view", "nail-5"),
		...entries("dismiss", "lip-2"),
	];
	const ask = (shelf: Shelf, more: Partial<ShelfSpec> = {}) => answer(release, [spec(shelf, { limit: 9, ...more })], { history }).only;
	expect(ask("recently-viewed").ids).toEqual(["nail-5", "hair-9", "hair-10", "lip-1"]);
	// lip-2 was dismissed. Roots of the orders with their popularity: hair-9 sqrt(2) + 0.2, hair-10 1 + 0.1.
	expect(ask("buy-again").items).toEqual([
		{ id: "hair-9", score: expect.closeTo(Math.SQRT2 + 0.2, 5) },
		{ id: "hair-10", score: expect.closeTo(1.1, 5) },
	]);
	// Where the release tells what is asked for of late, that counts in its popularity's place.
	const items = { ...release.loaded.items, recent: Float32Array.from(TINY_ITEMS, ({ id }) => (id === "hair-10" ? 1 : 0)) };
	const lately = createOverlaidRelease({ ...release.loaded, items }, createPlainSpace);
	expect(answer(lately, [spec("buy-again")], { history }).only.items[0]).toEqual({ id: "hair-10", score: 2 });
	expect(ask("recently-viewed", { filter: { category: ["hair"] } }).ids).toEqual(["hair-9", "hair-10"]);
	expect(answer(release, [spec("buy-again")]).only).toMatchObject({ ids: [] });
});

test("a pool that fails is told of, and its shelf shows what is popular", () => {
	const release = load();
	const broken = {
		...release,
		idOf: release.idOf,
		writeVector: () => {
			throw new Error("made to fail");
		},
	};
	const { faults, only } = answer(broken, [spec("similar", { item: "lip-1" })]);
	expect(faults).toEqual(["session"]);
	// Of the product's category first.
	expect(only).toMatchObject({ source: "popular", ids: ["lip-2", "口红-3", "口红-4"] });
});

/** What a shelf may show at all, worked out from plain values. */
type Item = {
	readonly id: string;
	readonly category: string | null;
	readonly price: number;
	readonly stock: number | null;
	readonly group: string | null;
};
const passes = ({ category, price, stock }: Item, filter: Filter): boolean =>
	(filter.inStock === false || stock !== 0) &&
	(filter.category === undefined || filter.category.includes(category ?? "")) &&
	(filter.price?.lte === undefined || (price >= 0 && price <= filter.price.lte));

const filters = fc.record(
	{
		category: fc.subarray(["lip", "nail", "hair"], { minLength: 1 }),
		price: fc.record({ lte: fc.integer({ min: 900, max: 4500 }) }),
		inStock: fc.boolean(),
	},
	{ requiredKeys: [] },
) as fc.Arbitrary<Filter>;
const changes = fc.array(fc.record({ id: fc.constantFrom(...ALL), fate: fc.constantFrom("deleted", "sold out", "g1", "g2") }), {
	maxLength: 8,
});
const histories = fc.array(
	fc.record({ item: fc.constantFrom(...ALL), event: fc.constantFrom<HistoryEntry["event"]>("view", "cart", "purchase", "dismiss") }),
	{ maxLength: 5 },
);

function changedShop(encoder: Encoder | null, fates: readonly { id: string; fate: string }[]) {
	const release = load(encoder);
	const items = new Map<string, Item | null>(
		TINY_ITEMS.map(({ id, category, price }) => [id, { id, category, price, stock: null, group: null }]),
	);
	/** Of deleted products too: whoever dismissed one wants none of its variants. */
	const groups = new Map<string, string | null>();
	for (const [version, { id, fate }] of fates.entries()) {
		const { category, price } = TINY_ITEMS.find((item) => item.id === id) as (typeof TINY_ITEMS)[number];
		const item =
			fate === "deleted" ? null : { id, category, price, stock: fate === "sold out" ? 0 : 5, group: fate.startsWith("g") ? fate : null };
		items.set(id, item);
		if (item !== null) groups.set(id, item.group);
		release.apply([{ id, version, product: item === null ? null : product({ ...item, price: price < 0 ? null : price }) }]);
	}
	const keyOf = (id: string) => groups.get(id) ?? id;
	return { release, keyOf, items: [...items.values()].filter((item) => item !== null) };
}

test("for any filter that leaves enough products a page is full, with no product twice and nothing that may not be shown", () => {
	fc.assert(
		fc.property(
			fc.boolean(),
			changes,
			histories,
			filters,
			fc.array(fc.record({ shelf: fc.constantFrom(...FILLED), limit: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 4 }),
			fc.option(fc.constantFrom(...ALL), { nil: null }),
			fc.boolean(),
			(hasEncoder, fates, history, filter, asked, item, excludeSeen) => {
				const { release, items, keyOf } = changedShop(hasEncoder ? meanEncoder() : null, fates);
				const seen = new Set(excludeSeen ? history.map((entry) => entry.item) : []);
				const dismissed = new Set(history.filter(({ event }) => event === "dismiss").map((entry) => keyOf(entry.item)));
				const specs = asked.map(({ shelf, limit }) => spec(shelf, { limit, filter, item }));
				const { shelves, faults } = answer(release, specs, { history, excludeSeen });
				expect(faults).toEqual([]);
				const shown = shelves.flatMap(({ ids }) => ids);
				for (const id of shown) {
					const found = items.find((each) => each.id === id);
					expect(found !== undefined && passes(found, filter)).toBe(true);
					expect(seen.has(id) || id === item || dismissed.has(keyOf(id))).toBe(false);
				}
				expect(new Set(shown.map(keyOf)).size).toBe(shown.length);
				// Shelves about products leave those products out with their variants, which only makes fewer products.
				const about = new Set([...(item === null ? history.map((entry) => entry.item) : [item])].map(keyOf));
				const left = items.filter(
					(each) => passes(each, filter) && !seen.has(each.id) && !dismissed.has(keyOf(each.id)) && !about.has(keyOf(each.id)),
				);
				const wanted = asked.reduce((sum, { limit }) => sum + limit, 0);
				if (new Set(left.map(({ id }) => keyOf(id))).size >= wanted)
					expect(shelves.map(({ ids }) => ids.length)).toEqual(shelves.map(({ asked: n }) => specs[n]?.limit));
			},
		),
	);
}, 30_000);
