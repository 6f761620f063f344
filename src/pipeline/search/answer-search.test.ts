import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UNKNOWN_CONTEXT } from "../../contract/context.ts";
import { type SearchRequest, SORTS } from "../../contract/search.ts";
import { passesFilter } from "../../rank/filter-product.ts";
import { NO_RULES, type RulesInForce } from "../../rank/rules.ts";
import { RELEVANCE_WEIGHTS } from "../../text/relevance.ts";
import type { WordTable } from "../../text/text-vector.ts";
import { createThesaurus, type Thesaurus } from "../../text/thesaurus.ts";
import type { SearchedProduct } from "../ports.ts";
import { createStopwatch } from "../stopwatch.ts";
import { answerSearch } from "./answer-search.ts";
import { createCatalogueIndex } from "./catalogue-index.ts";
import { buildSegment, readProduct, type Segment } from "./segment.ts";
import { readSegment, writeSegment } from "./segment-file.ts";

const product = (title: string, values: Partial<SearchedProduct> = {}): SearchedProduct => ({
	title,
	titles: null,
	description: null,
	category: null,
	brand: null,
	price: null,
	stock: null,
	group: null,
	attributes: {},
	firstSeenAt: 0,
	...values,
});
const segmentOf = (products: Readonly<Record<string, SearchedProduct>>): Segment =>
	buildSegment(Object.entries(products).map(([id, each]) => readProduct(id, each)));

function search(
	segments: readonly Segment[],
	request: Partial<SearchRequest> & { query: string },
	meaning: WordTable | null = null,
	thesaurus: Thesaurus | null = null,
	rules = NO_RULES,
) {
	const whole: SearchRequest = {
		history: [],
		filter: {},
		facets: ["category"],
		sort: "relevance",
		limit: 10,
		offset: 0,
		surface: "search",
		explain: false,
		variants: "fold",
		...request,
	};
	return answerSearch(
		segments,
		{ release: null, meaning, weights: RELEVANCE_WEIGHTS, thesaurus },
		whole,
		UNKNOWN_CONTEXT,
		0,
		createStopwatch(() => 0),
		() => {},
		rules,
	);
}
const idsOf = ({ items }: ReturnType<typeof search>) => items.map(({ id }) => id);

/** "sofa" and "couch" point one way, "lamp" and "light" another. */
const MEANING: WordTable = {
	dim: 2,
	rowOf: new Map(["sofa", "couch", "lamp", "light"].map((word, row) => [word, row])),
	vectors: Int8Array.of(100, 0, 100, 10, 0, 100, 10, 100),
	scales: new Float32Array(4).fill(0.01),
	idf: new Float32Array(4).fill(1),
	bias: new Float32Array(2),
};

test("what means the same is found without a common word, and told as such", () => {
	const segment = segmentOf({ a: product("Grey couch"), b: product("Desk light"), c: product("Rug") });
	const answer = search([segment], { query: "sofa" }, MEANING);
	expect(answer).toMatchObject({ total: 0, relaxed: { by: "meaning", without: ["sofa"] } });
	expect(idsOf(answer)).toEqual(["a", "b", "c"]);
	expect(search([segment], { query: "sofa" })).toMatchObject({ relaxed: { by: "popular" } });
});

test("where nothing has all words, what is of the kind that is named comes before what shares a property", () => {
	const shop = segmentOf({
		hat: product("Red hat", { category: "Hats" }),
		shoe: product("Black loafers", { category: "Shoes" }),
		boot: product("Brown shoe care", { category: "Care" }),
	});
	const answer = search([shop], { query: "red shoes" });
	expect([idsOf(answer)[0], answer.total, answer.relaxed]).toEqual(["shoe", 3, { by: "words", without: ["red"] }]);
	expect(search([shop], { query: "red sho" })).toMatchObject({ corrected: "red shoe", relaxed: { by: "words", without: ["red"] } });
	expect(idsOf(search([shop], { query: "red sho" }))[0]).toBe("shoe");
	// What is put in the place of the last word is not put into an earlier one that begins so.
	expect(search([shop], { query: "loafers loaf" }).corrected).toBe("loafers loafers");
	const red = segmentOf({ hat: product("Red hat", { category: "Hats" }), shoe: product("Red loafers", { category: "Shoes" }) });
	expect(idsOf(search([red], { query: "red shoes" }))).toEqual(["shoe", "hat"]);
	expect(search([red], { query: "red shoes" }).relaxed).toBeNull();
});

test("meaning orders what words hold to be equal", () => {
	const segment = segmentOf({ a: product("Rug grey"), b: product("Couch grey"), c: product("Lamp grey") });
	expect(idsOf(search([segment], { query: "grey sofa" }, MEANING))[0]).toBe("b");
	expect(idsOf(search([segment], { query: "grey light" }, MEANING))[0]).toBe("c");
});

/** What is found, best first, with the share of its words that each product lacks. */
const foundBy = (segment: Segment, query: string, thesaurus: Thesaurus | null) => {
	const { total, items } = search([segment], { query }, null, thesaurus);
	return items.slice(0, total).map(({ id, missing }) => [id, missing.length]);
};

test("a synonym finds as its word does, behind what was typed itself, one way or both, in any script", () => {
	const shop = segmentOf({
		a: product("Grey sofa"),
		b: product("Grey couch"),
		c: product("Running shoes"),
		d: product("Trainer"),
		e: product("Running jacket"),
		f: product("手机壳 红色"),
		g: product("移动电话壳 红色"),
		h: product("Кроссовки"),
		...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`sofa-${n}`, product(`Sofa ${n} grey`)])),
	});
	const thesaurus = createThesaurus([
		{ kind: "group", phrases: ["sofa", "couch"] },
		{ kind: "one-way", from: "trainers", to: ["running shoes"] },
		{ kind: "group", phrases: ["手机", "移动电话"] },
		{ kind: "group", phrases: ["sneakers", "кроссовки"] },
	]);
	// "couch" is the rarer word by far; what was typed still comes first.
	const sofas = foundBy(shop, "grey sofas", thesaurus);
	expect(sofas).toHaveLength(10);
	expect([sofas[0], sofas.at(-1)]).toEqual([
		["a", 0],
		["b", 0],
	]);
	expect(foundBy(shop, "grey sofas", null)).toHaveLength(9);
	expect(foundBy(shop, "couch", thesaurus)[0]).toEqual(["b", 0]);
	expect(foundBy(shop, "couch", thesaurus)).toHaveLength(10);
	// One way: all words of the phrase, and not back.
	expect(foundBy(shop, "trainers", thesaurus)).toEqual([
		["d", 0],
		["c", 0],
	]);
	expect(foundBy(shop, "running shoes", thesaurus)).toEqual([["c", 0]]);
	expect(foundBy(shop, "红色手机", thesaurus).map(([id]) => id)).toEqual(["f", "g"]);
	expect(foundBy(shop, "移动电话", thesaurus).map(([id]) => id)).toEqual(["g", "f"]);
	// A word that the catalogue lacks is taken for what the shop says that it means, not for a mistake.
	const answer = search([shop], { query: "sneakers" }, null, thesaurus);
	expect([answer.corrected, answer.total, idsOf(answer)[0], answer.items[0]?.marks]).toEqual([null, 1, "h", [[0, 9]]]);
});

const arbitraryProduct = fc.record({
	group: fc.constantFrom(null, null, "g", "h"),
	title: fc.array(fc.constantFrom("red", "blue", "shoe", "coat", "lamp"), { minLength: 1, maxLength: 3 }).map((words) => words.join(" ")),
	category: fc.constantFrom(null, "a", "b"),
	brand: fc.constantFrom(null, "x", "y"),
	price: fc.option(fc.integer({ min: 0, max: 50 })),
	stock: fc.constantFrom(null, 0, 3),
});
type ArbitraryProduct = typeof arbitraryProduct extends fc.Arbitrary<infer P> ? P : never;
const arbitraryFilter = fc.record(
	{
		category: fc.constant<string[]>(["a"]),
		price: fc.record({ gte: fc.integer({ min: 0, max: 30 }) }),
		inStock: fc.boolean(),
		attributes: fc.constant<Record<string, string[]>>({ brand: ["x"] }),
	},
	{ requiredKeys: [] },
);

/** The same products as a file with changes over it, which has variants on both sides. */
function indexOf(older: readonly ArbitraryProduct[], newer: readonly ArbitraryProduct[]) {
	const file = writeSegment(segmentOf(Object.fromEntries(older.map((each, n) => [`p${n}`, product(each.title, each)]))), 1);
	const read = readSegment(file);
	if (!read.ok) throw new Error(read.error);
	const index = createCatalogueIndex(read.value);
	index.apply(newer.map((each, n) => ({ id: `p${2 * n}`, version: 2, product: product(each.title, each) })));
	index.apply([{ id: "p1", version: 3, product: null }]);
	const catalogue = new Map(older.map((each, n) => [`p${n}`, each]));
	for (const [n, each] of newer.entries()) catalogue.set(`p${2 * n}`, each);
	catalogue.delete("p1");
	return { segments: index.segments, catalogue };
}
const productOf = (catalogue: ReadonlyMap<string, ArbitraryProduct>, id: string): string => catalogue.get(id)?.group ?? `alone ${id}`;

test("an answer is as long as the filter allows, each product once, and holds nothing that the filter leaves out", () => {
	const cases = fc.property(
		fc.array(arbitraryProduct, { minLength: 1, maxLength: 25 }),
		fc.array(arbitraryProduct, { maxLength: 5 }),
		arbitraryFilter,
		fc.constantFrom("red shoe", "blu coat", "lamp red shoe", "nothing"),
		fc.integer({ min: 1, max: 12 }),
		fc.constantFrom("relevance" as const, "price-asc" as const),
		fc.constantFrom("fold" as const, "all" as const),
		(older, newer, filter, query, limit, sort, variants) => {
			const { segments, catalogue } = indexOf(older, newer);
			const allowed = new Set([...catalogue].filter(([, each]) => passesFilter(each, filter)).map(([id]) => id));
			const nameOf = (id: string) => (variants === "all" ? id : productOf(catalogue, id));
			const ids = idsOf(search(segments, { query, filter, limit, sort, variants }));
			expect(ids).toHaveLength(Math.min(limit, new Set([...allowed].map(nameOf)).size));
			expect(new Set(ids.map(nameOf)).size).toBe(ids.length);
			expect(ids.every((id) => allowed.has(id))).toBe(true);
		},
	);
	fc.assert(cases);
});

const RULED: RulesInForce = {
	...NO_RULES,
	ids: ["r"],
	lifts: [{ rule: "r", filter: { category: ["b"] }, by: 1 }],
	pins: [{ rule: "r", items: ["p3", "p4", "p0"], place: 2 }],
};

test("folded: total and facets count products, a value what a filter on it would leave; pages follow one another without a gap", () => {
	const cases = fc.property(
		fc.array(arbitraryProduct, { minLength: 1, maxLength: 25 }),
		fc.array(arbitraryProduct, { maxLength: 5 }),
		fc.constantFrom("red shoe", "coat", "lamp red"),
		fc.constantFrom(...SORTS),
		fc.constantFrom(NO_RULES, RULED),
		(older, newer, query, sort, rules) => {
			const { segments, catalogue } = indexOf(older, newer);
			const asked = { query, sort, facets: ["category", "brand"] };
			const folded = search(segments, { ...asked, limit: 30 }, null, null, rules);
			const all = search(segments, { ...asked, limit: 30, variants: "all" }, null, null, rules);
			const lacked = all.relaxed?.by === "words" ? all.relaxed.without.length : all.relaxed === null ? 0 : -1;
			const full = all.items.filter(({ missing }) => missing.length === lacked);
			expect(all.total).toBe(full.length);
			const counted = new Set(full.map(({ id }) => productOf(catalogue, id)));
			expect(folded.total).toBe(counted.size);
			expect(folded.price).toEqual(all.price);
			for (const { name, values } of folded.facets) {
				for (const { value, count } of values) {
					const filter = name === "category" ? { category: [value] } : { attributes: { [name]: [value] } };
					expect([value, search(segments, { ...asked, filter }).total]).toEqual([value, count]);
				}
			}
			// Each product that is counted stands by a variant with the words.
			const shown = new Map(folded.items.map(({ id, missing }) => [productOf(catalogue, id), missing.length]));
			for (const name of counted) expect(shown.get(name)).toBe(lacked);
			const pages = [0, 3, 6, 9].flatMap((offset) => idsOf(search(segments, { ...asked, limit: 3, offset }, null, null, rules)));
			expect(pages).toEqual(idsOf(folded).slice(0, 12));
		},
	);
	fc.assert(cases);
});

test("of a product the variant that fits best stands; a pin chooses another, and what is dismissed goes with its variants", () => {
	const shop = segmentOf({
		red: product("Loafer red", { group: "loafer", price: 9, category: "x" }),
		blue: product("Loafer blue", { group: "loafer", price: 7, category: "x" }),
		boot: product("Red boot loafer style of many more words", { price: 8 }),
	});
	const found = (more: Partial<SearchRequest>, rules = NO_RULES) => {
		const answer = search([shop], { query: "loafer", ...more }, null, null, rules);
		return idsOf(answer).slice(0, answer.total);
	};
	expect(found({ query: "red loafer" })).toEqual(["red", "boot"]);
	expect(found({ query: "blue loafer" })).toEqual(["blue"]);
	expect(found({ sort: "price-asc" })).toEqual(["blue", "boot"]);
	expect(found({ sort: "price-desc" })).toEqual(["red", "boot"]);
	expect(found({ variants: "all" })).toHaveLength(3);
	const pinned = { ...NO_RULES, ids: ["p"], pins: [{ rule: "p", items: ["blue", "red"], place: 2 }] };
	// The blue one lacks a word, which no rule makes up for.
	expect(found({ query: "red loafer" }, pinned)).toEqual(["boot", "red"]);
	expect(found({}, pinned)).toEqual(["boot", "blue"]);
	expect(found({ history: [{ item: "red", event: "dismiss" }] })).toEqual(["boot"]);
});

test("a file answers as the segment that it was made of, and one of another kind is refused by name", () => {
	const segment = segmentOf({
		a: product("Red shoes", { titles: { zh: "红鞋" }, category: "shoes", brand: "Acme", price: 5, attributes: { size: "40" } }),
		口红: product("Lipstick", { category: "make-up", description: "red" }),
	});
	const file = writeSegment(segment, 7);
	const loaded = readSegment(file);
	if (!loaded.ok) throw new Error(loaded.error);
	expect(loaded.value.version).toBe(7);
	for (const query of ["red", "红鞋", "lipstik", "shoe acme"]) {
		const request = { query, facets: ["category", "brand", "size"] };
		expect(search([loaded.value.segment], request)).toEqual(search([segment], request));
	}
	expect(readSegment(file.slice(0, -16))).toMatchObject({ ok: false });
	const other = new TextDecoder("latin1").decode(file).replace("en-porter", "xx-porter");
	expect(readSegment(Uint8Array.from(other, (c) => c.charCodeAt(0)))).toEqual({ ok: false, error: "has no valid analysis" });
});

test("prices and stock are written in place, words build the segment anew", () => {
	const index = createCatalogueIndex(null);
	index.apply([
		{ id: "a", version: 1, product: product("Lamp", { price: 5 }) },
		{ id: "b", version: 1, product: product("Rug", { price: 6 }) },
	]);
	const [before] = index.segments;
	index.apply([{ id: "a", version: 2, product: product("Lamp", { price: 9, stock: 0 }) }]);
	expect(index.segments[0]).toBe(before);
	expect(search(index.segments, { query: "lamp" }).total).toBe(0);
	expect(search(index.segments, { query: "lamp", filter: { inStock: false } }).price).toEqual({ from: 9, to: 9 });
	index.apply([{ id: "a", version: 3, product: product("Floor lamp") }]);
	expect(index.segments[0]).not.toBe(before);
	expect(index.cursor).toEqual({ version: 3, id: "a" });
	expect(idsOf(search(index.segments, { query: "floor" }))[0]).toBe("a");
});
