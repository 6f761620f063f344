import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanEncoder } from "../../test/fixtures/mean-encoder.ts";
import { TINY_ITEMS, tinyRelease } from "../../test/fixtures/tiny-release.ts";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import type { RecommendationRequest, Source } from "../contract/recommendation.ts";
import { type Answer, answerByParts, answerFrom } from "./answer.ts";
import { loadRelease } from "./load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "./overlaid-release.ts";
import { createPlainSpace } from "./plain-space.ts";
import type { Encoder, HotLists, OverlaidProduct } from "./ports.ts";
import { createStopwatch } from "./stopwatch.ts";

async function load(encoder: Encoder | null = meanEncoder()): Promise<OverlaidRelease> {
	const { manifest, files } = await tinyRelease(new Uint8Array([1]));
	const loaded = await loadRelease(manifest, files, null, createPlainSpace);
	if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
	return createOverlaidRelease({ ...loaded.value, encoder }, createPlainSpace);
}

const published = (await load()).loaded;
/** The release's table with columns of its own, since the overlay writes into them. */
function ownTable() {
	const { table } = published;
	const [price, category, inStock, hidden, group] = [table.price, table.category, table.inStock, table.hidden, table.group].map((column) =>
		column.slice(),
	) as [Int32Array, Int32Array, Uint8Array, Uint8Array, Int32Array];
	return { ...table, price, category, inStock, hidden, group, attributes: table.attributes.map((column) => column.slice()) };
}
function valuesOf(id: string) {
	const { category, brand, price } = TINY_ITEMS.find((item) => item.id === id) as (typeof TINY_ITEMS)[number];
	return { category, brand, price: price < 0 ? null : price };
}

const request = (ids: readonly string[], more: Partial<RecommendationRequest> = {}): RecommendationRequest => ({
	history: ids.map((item) => ({ item, event: "view" as const })),
	surface: "home",
	item: null,
	limit: 3,
	exclude: [],
	excludeSeen: true,
	filter: {},
	diversity: 0,
	novelty: 0,
	explain: false,
	...more,
});

function answer(
	release: OverlaidRelease,
	asked: RecommendationRequest,
	hot: HotLists | null = null,
): Answer & { readonly faults: Source[] } {
	const faults: Source[] = [];
	const watch = createStopwatch(() => 0);
	return { ...answerFrom(release, asked, UNKNOWN_CONTEXT, hot, 0, watch, (rung) => faults.push(rung)), faults };
}
const idsOf = ({ items }: Answer) => items.map(({ id }) => id);

const product = (values: Partial<OverlaidProduct>): OverlaidProduct => ({
	title: "",
	titles: null,
	category: null,
	brand: null,
	price: null,
	stock: null,
	group: null,
	attributes: {},
	...values,
});
const ALL = TINY_ITEMS.map(({ id }) => id);

test("each failing part lowers the rung by one", async () => {
	const history = request(["lip-1"]);
	const failing = { ...meanEncoder(), encode: () => Float32Array.of(Number.NaN, 0, 0, 0) };
	expect(answer(await load(), history)).toMatchObject({ source: "personal", faults: [] });
	expect(answer(await load(failing), history)).toMatchObject({ source: "session", faults: ["personal"] });
	expect(answer(await load(null), history)).toMatchObject({ source: "session", faults: [] });
	// No row links from hair-9: without the encoder there is only what is popular.
	expect(answer(await load(null), request(["hair-9"]))).toMatchObject({ source: "popular" });
});

test("without an encoder the session's own weights rank what the history links to", async () => {
	// lip-1 -> lip-2: log(1 + 2 * 1) + 0.1 * 0.9; nail-5: log(1 + 2 * 128/255) + 0.06; 口红-4: 0.5 * log 2 + 0.07; hair-9: 0.25 * log 2 + 0.02
	const { items } = answer(await load(null), request(["lip-1"], { limit: 4 }));
	expect(items.map(({ id }) => id)).toEqual(["lip-2", "nail-5", "口红-4", "hair-9"]);
	const stated = [Math.log(3) + 0.09, Math.log(1 + (2 * 128) / 255) + 0.06, 0.5 * Math.log(2) + 0.07, 0.25 * Math.log(2) + 0.02];
	for (const [place, { score }] of items.entries()) expect(score).toBeCloseTo(stated[place] as number, 6);
});

test("an empty history, or one of unknown ids only, gets what is popular", async () => {
	const release = await load();
	expect(answer(release, request([]))).toMatchObject({ source: "popular", ignored: 0 });
	const unknown = answer(release, request(["nobody", "没有"]));
	expect(unknown).toMatchObject({ source: "popular", ignored: 2 });
	expect(idsOf(unknown)).toEqual(ALL.slice(0, 3));
});

test("ids in Chinese are known, recommended and left out when seen", async () => {
	const release = await load();
	expect(idsOf(answer(release, request(["口红-3"], { limit: 11 })))).not.toContain("口红-3");
	expect(idsOf(answer(release, request(["lip-1"], { limit: 11 })))).toEqual(expect.arrayContaining(["口红-3", "口红-4"]));
});

test("a query in the history leads to its region of the catalogue; unknown words are counted", async () => {
	const release = await load();
	const asked = request([], {
		history: [
			{ query: "red jane@example.com", event: "search" },
			{ query: "zzz", event: "search" },
		],
		explain: true,
	});
	const found = answer(release, asked);
	expect(found).toMatchObject({ source: "personal", ignored: 1 });
	expect(found.items[0]).toMatchObject({ id: "lip-1", reason: { kind: "searched", query: "red" } });
});

test("a filter never starves an answer, whatever is excluded", async () => {
	const release = await load();
	const lists = fc.subarray(ALL);
	fc.assert(
		fc.property(
			lists,
			lists,
			fc.subarray(["lip", "nail", "hair"], { minLength: 1 }),
			fc.integer({ min: 1, max: 12 }),
			(history, exclude, category, limit) => {
				const found = idsOf(answer(release, request(history, { exclude, limit, filter: { category } })));
				const left = TINY_ITEMS.filter((item) => category.includes(item.category ?? "") && ![...history, ...exclude].includes(item.id));
				expect(new Set(found).size).toBe(found.length);
				expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining(found));
				expect(found.length).toBe(Math.min(limit, left.length));
			},
		),
	);
});

test("a product of the history gains by the age of its last place, on both rungs, and only where such are shown", async () => {
	for (const encoder of [meanEncoder(), null]) {
		const release = await load(encoder);
		const { fusion } = release.loaded;
		const without = createOverlaidRelease({ ...release.loaded, fusion: { ...fusion, seen: [] } }, createPlainSpace);
		const asked = request(["nail-5", "lip-1", "nail-5"], { excludeSeen: false, limit: 12 });
		const scores = (from: OverlaidRelease, more = asked) => new Map(answer(from, more).items.map(({ id, score }) => [id, score]));
		const [plain, moved] = [scores(without), scores(release)];
		const [newest, older] = fusion.seen as [number, number];
		const gained = [...moved].map(([id, score]) => [id, score - (plain.get(id) as number)] as const);
		for (const [id, gain] of gained) expect(gain).toBeCloseTo({ "nail-5": newest, "lip-1": older }[id] ?? 0, 12);
		expect(gained.filter(([, gain]) => Math.abs(gain) > 0.1).length).toBeGreaterThan(0);
		const hidden = { ...asked, excludeSeen: true };
		expect(scores(release, hidden)).toEqual(scores(without, hidden));
	}
});

test("on every rung, what the overlay deleted, sold out or moved obeys at once; the overlay wins over the release", async () => {
	for (const encoder of [meanEncoder(), null]) {
		for (const history of [["lip-1"], []]) {
			const release = await load(encoder);
			release.apply([
				{ id: "lip-2", version: 1, product: null },
				{ id: "口红-3", version: 1, product: product({ category: "lip", stock: 0 }) },
				{ id: "口红-4", version: 2, product: product({ category: "nail", brand: "OPI", price: 1 }) },
			]);
			const all = { limit: 12, excludeSeen: false };
			const found = (more: Partial<RecommendationRequest>) => idsOf(answer(release, request(history, { ...all, ...more })));
			expect(found({})).not.toContain("lip-2");
			expect(found({})).not.toContain("口红-3");
			expect(found({ filter: { inStock: false } })).toContain("口红-3");
			expect(found({ filter: { category: ["lip"] } })).toEqual(["lip-1"]);
			expect(found({ filter: { category: ["nail"], price: { lte: 900 } } }).sort()).toEqual(["nail-5", "口红-4"].sort());
			expect(found({ filter: { attributes: { brand: ["花西子"] } } })).toEqual([]);
			release.apply([{ id: "lip-2", version: 3, product: product({ category: "lip", attributes: { finish: "matt" } }) }]);
			expect(found({ filter: { category: ["lip"] } }).sort()).toEqual(["lip-1", "lip-2"]);
			expect(found({ filter: { attributes: { finish: ["matt"] } } })).toEqual(["lip-2"]);
			expect(release.cursor).toEqual({ version: 3, id: "lip-2" });
		}
	}
});

test("a product that came after the release is found by its words, filtered, and known in a history", async () => {
	const release = await load();
	release.apply([
		{ id: "新-1", version: 1, product: product({ title: "Red lip", category: "new", price: 5 }) },
		{ id: "wordless", version: 1, product: product({ title: "zzz", category: "new" }) },
	]);
	// Its vector is (1.41, 0, 0, 0): the longest in that direction.
	expect(idsOf(answer(release, request(["口红-4"])))[0]).toBe("新-1");
	expect(idsOf(answer(release, request(["nail-5"], { filter: { category: ["new"] } })))).toEqual(["新-1"]);
	const known = answer(release, request(["新-1", "wordless"]));
	expect(known).toMatchObject({ source: "personal", ignored: 0 });
	expect(idsOf(known)[0]).toBe("lip-1");
	// Many more: the tables grow, the rows stay where they are.
	release.apply(
		Array.from({ length: 3000 }, (_, n) => ({ id: `more-${n}`, version: 2, product: product({ title: "polish", category: "more" }) })),
	);
	expect(idsOf(answer(release, request(["nail-5"], { filter: { category: ["new"] } })))).toEqual(["新-1"]);
	expect(idsOf(answer(release, request(["lip-1"], { filter: { category: ["more"] } })))).toEqual(["more-0", "more-1", "more-2"]);
});

test("what is popular begins with the categories asked for, of late before of old", async () => {
	const release = await load();
	const hot: HotLists = {
		overall: ["hair-12", "gone"],
		byCategory: new Map([["nail", ["nail-8", "lip-1"]]]),
		trending: { overall: [], byCategory: new Map() },
		newest: [],
		queries: [],
	};
	expect(idsOf(answer(release, request([]), hot))).toEqual(["hair-12", "lip-1", "lip-2"]);
	expect(idsOf(answer(release, request([], { filter: { category: ["nail"] }, limit: 9 }), hot))).toEqual([
		"nail-8",
		"nail-5",
		"nail-6",
		"nail-7",
	]);
});

test("the page's own product is never recommended, nor what is excluded; seen items only on wish", async () => {
	const release = await load();
	const seen = request(["nail-5"], { item: "lip-1", exclude: ["lip-2"], excludeSeen: false, limit: 12 });
	const found = idsOf(answer(release, seen));
	expect(found).toContain("nail-5");
	expect(found).not.toContain("lip-1");
	expect(found).not.toContain("lip-2");
	expect(found.length).toBe(10);
});

test("variants of one product fill one place, the best of them, and the list stays as long as there are products", async () => {
	fc.assert(
		fc.property(
			fc.boolean(),
			fc.boolean(),
			fc.array(fc.constantFrom(null, "g1", "g2", "g3"), { minLength: ALL.length, maxLength: ALL.length }),
			fc.subarray(ALL, { maxLength: 3 }),
			fc.integer({ min: 1, max: 12 }),
			(hasEncoder, byBoost, groups, history, limit) => {
				const release = createOverlaidRelease(
					{ ...published, table: ownTable(), encoder: hasEncoder ? meanEncoder() : null },
					createPlainSpace,
				);
				const asked = request(history, { limit: 12, explain: byBoost });
				const apart = idsOf(answer(release, asked));
				release.apply(ALL.map((id, n) => ({ id, version: n, product: product({ ...valuesOf(id), group: groups[n] ?? null }) })));
				const keyOf = (id: string) => groups[ALL.indexOf(id as (typeof ALL)[number])] ?? id;
				const shown = idsOf(answer(release, { ...asked, limit }));
				const products = new Set(apart.map(keyOf));
				expect(new Set(shown.map(keyOf)).size).toBe(shown.length);
				expect(shown).toHaveLength(Math.min(limit, products.size));
				// The first of each product in the order without variants.
				const first = apart.filter((id, place) => apart.findIndex((other) => keyOf(other) === keyOf(id)) === place);
				expect(shown).toEqual(first.slice(0, limit));
			},
		),
	);
});

test("an explained item names the history item that led to it, and its shares add up to its score", async () => {
	const { items } = answer(await load(), request(["nail-5", "lip-1"], { explain: true, limit: 12 }));
	const led = items.find(({ id }) => id === "lip-2");
	expect(led?.reason).toEqual({ kind: "because", item: "lip-1" });
	for (const { score, contributions = {} } of items) {
		expect(Object.values(contributions).reduce((sum, share) => sum + share, 0)).toBeCloseTo(score, 9);
	}
});

test("by the encoder alone the order is that of its scores", async () => {
	const release = await load();
	const { parity } = release.loaded;
	for (const known of parity.histories) {
		const alone = answerByParts(release, request(known.items, { limit: 5 }), ["encoder"], 0);
		expect(idsOf(alone)).toEqual(known.encoderTop.slice(0, 5));
		expect(alone.items.map(({ score }) => score)).toEqual(known.encoderScores.slice(0, 5));
	}
	expect(idsOf(answerByParts(release, request(["lip-1"], { limit: 2 }), ["similar"], 0))).toEqual(["口红-4", "lip-2"]);
	expect(idsOf(answerByParts(release, request(["lip-1"], { limit: 2 }), ["popular"], 0))).toEqual(["lip-2", "口红-3"]);
});

test("a dismissed product and its variants are gone on every rung at once, and what was dismissed is no wish", async () => {
	for (const encoder of [meanEncoder(), null]) {
		const release = await load(encoder);
		release.apply(["lip-2", "口红-3"].map((id) => ({ id, version: 1, product: product({ title: "lip", category: "lip", group: "two" }) })));
		const dismissed = { item: "口红-3", event: "dismiss" as const };
		for (const liked of [["nail-5"], []]) {
			const history = [...request(["口红-3", ...liked]).history, dismissed];
			const found = answer(release, request([], { history, limit: 12, excludeSeen: false }));
			expect(idsOf(found).sort()).toEqual(ALL.filter((id) => id !== "lip-2" && id !== "口红-3").sort());
			expect(found).toMatchObject({ source: liked.length === 0 ? "popular" : encoder === null ? "session" : "personal", ignored: 0 });
			// The page's own product is no sign of interest either, once it was dismissed.
			const shown = request([], { history: [dismissed], item: "口红-3" });
			expect(answer(release, shown).source).toBe("popular");
		}
	}
});

test("variants are known by the first of them that comes with the group's name", async () => {
	const release = await load();
	const group = (id: string) => {
		const [table, at] = release.locate(release.rowOf(id));
		return table.group[at];
	};
	const apply = (id: string, name: string | null) => release.apply([{ id, version: 1, product: product({ title: "lip", group: name }) }]);
	apply("lip-1", "a");
	apply("新-1", "a");
	apply("lip-2", "b");
	expect([group("lip-1"), group("新-1")]).toEqual([0, 0]);
	expect([group("lip-2"), group("口红-3")]).toEqual([1, -1]);
	apply("lip-1", null);
	expect([group("lip-1"), group("新-1")]).toEqual([-1, 0]);
	// A release's own number is kept for the first name that comes with it.
	const { items, table } = release.loaded;
	const numbers = Int32Array.from(items.group, (_, row) => row % 3);
	const numbered = createOverlaidRelease(
		{ ...release.loaded, items: { ...items, group: numbers }, table: { ...table, group: numbers } },
		createPlainSpace,
	);
	numbered.apply([
		{ id: "nail-5", version: 1, product: product({ title: "x", group: "g" }) },
		{ id: "new", version: 1, product: product({ title: "lip", group: "g" }) },
		{ id: "other", version: 1, product: product({ title: "lip", group: "h" }) },
	]);
	const numberOf = (id: string) => {
		const [table, at] = numbered.locate(numbered.rowOf(id));
		return table.group[at];
	};
	expect([numberOf("nail-5"), numberOf("new"), numberOf("other")]).toEqual([1, 1, 3]);
});
