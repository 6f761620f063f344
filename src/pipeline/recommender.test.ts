import { beforeEach, expect, test } from "vitest";
import { meanEncoder } from "../../test/fixtures/mean-encoder.ts";
import { type TinyRelease, tinyRelease } from "../../test/fixtures/tiny-release.ts";
import { UNKNOWN_CONTEXT, type VisitorKey } from "../contract/context.ts";
import { drawnFrom, type Exploration, POLICY, readPolicy } from "../contract/policy.ts";
import type { RecommendationRequest } from "../contract/recommendation.ts";
import type { ActivePointer } from "../contract/release.ts";
import type { NamedRule } from "../contract/rule.ts";
import { importSigningKey, readRecommendationId } from "../privacy/recommendation-id.ts";
import { createPlainSpace } from "./plain-space.ts";
import type { ListedProduct, ProductChange } from "./ports.ts";
import { createRecommender } from "./recommender.ts";

const SIGNING_KEY = new Uint8Array(32).fill(3);
const REQUEST: RecommendationRequest = {
	history: [{ item: "lip-1", event: "view" }],
	surface: "home",
	item: null,
	limit: 3,
	exclude: [],
	excludeSeen: true,
	filter: {},
	diversity: 0,
	novelty: 0,
	explain: false,
};
const NO_LISTS = { overall: [], byCategory: new Map() };
const dead = () => Promise.reject(new Error("the store is dead"));

/** A shop's stores in memory, any of which can be taken away; and one isolate over them. */
let shop: ReturnType<typeof createShop>;
beforeEach(() => {
	shop = createShop();
});

function createShop() {
	let pointer: ActivePointer = { active: null, previous: null, canary: null, canaryShare: 0, updatedAt: 0 };
	const releases = new Map<string, TinyRelease>();
	const encoders: ReturnType<typeof meanEncoder>[] = [];
	const changes: ProductChange[] = [];
	let products: readonly ListedProduct[] = [];
	let staticIds: readonly string[] | null = null;
	let isDatabaseDead = false;
	let isKvDead = false;
	let loads = 0;
	let now = 1_000_000;
	let rules: readonly NamedRule[] = [];
	const faults: string[] = [];
	const background: Promise<unknown>[] = [];

	const fromDatabase = async <T>(value: () => T): Promise<T> => (isDatabaseDead ? dead() : value());
	const fromKv = async <T>(value: () => T): Promise<T> => (isKvDead ? dead() : value());
	const recommender = createRecommender({
		releases: {
			pointer: () => fromDatabase(() => pointer),
			manifest: (id) => fromDatabase(() => releases.get(id)?.manifest ?? null),
			stored: (id) => ({
				files: () =>
					fromKv(() => {
						loads++;
						return releases.get(id)?.files ?? {};
					}),
				open: () => fromKv(() => null),
				parts: () => fromKv(() => []),
			}),
		},
		overlay: {
			changes: ({ version, id }, limit) =>
				fromDatabase(() =>
					changes.filter((change) => change.version > version || (change.version === version && change.id > id)).slice(0, limit),
				),
		},
		hotLists: {
			lists: () => fromDatabase(() => ({ ...NO_LISTS, trending: NO_LISTS, newest: [], queries: [] })),
			products: (_categories, most) => fromDatabase(() => products.slice(0, most)),
			named: (ids) => fromDatabase(() => products.filter(({ id }) => ids.includes(id))),
			staticIds: () => fromKv(() => staticIds),
		},
		rules: { rules: () => fromDatabase(() => rules) },
		searched: { changes: async () => [], file: async () => null, synonyms: async () => null, holding: async () => [] },
		makeEncoder: async (model) => {
			if (model[0] === 0) throw new Error("no model");
			const encoder = meanEncoder();
			encoders.push(encoder);
			return encoder;
		},
		makeRowSpace: createPlainSpace,
		signingKey: SIGNING_KEY,
		now: () => now,
		clock: () => 0,
		newSeed: () => 42,
		explored: new Map([["email", { share: 1, keep: 1 }]]),
		surfaceOf: (surface) => surface,
		log: (entry) => faults.push(`${entry.file ?? entry.rung}`),
	});
	const waitUntil = (work: Promise<unknown>) => background.push(work);
	return {
		recommender,
		releases,
		encoders,
		changes,
		faults,
		get loads() {
			return loads;
		},
		kill(what: "database" | "kv" | "nothing") {
			isDatabaseDead = what === "database";
			isKvDead = what === "kv";
		},
		list(ids: readonly string[], put: readonly string[] | null = null, soldOut: readonly string[] = []) {
			const nothing = { titles: null, brand: null, price: null, stock: null, group: null, attributes: {} };
			products = ids.map((id) => ({ id, title: id, category: id, ...nothing, stock: soldOut.includes(id) ? 0 : null }));
			staticIds = put;
		},
		rule(...stored: readonly NamedRule[]) {
			rules = stored;
		},
		point(to: Partial<ActivePointer>) {
			pointer = { ...pointer, ...to };
		},
		async publish(time: string, firstByte = 1) {
			const release = await tinyRelease(new Uint8Array([firstByte]), {}, time);
			releases.set(release.manifest.id, release);
			return release.manifest.id;
		},
		/** One request; then all that it started is let run to its end. */
		async ask(more: Partial<RecommendationRequest> = {}, visitor: VisitorKey | null = null, seconds = 0, mayLog = true) {
			now += seconds;
			const { response } = await recommender.recommend(
				{ ...REQUEST, ...more },
				{ context: UNKNOWN_CONTEXT, visitor: async () => visitor, origin: null },
				waitUntil,
				mayLog,
			);
			await Promise.all(background.splice(0));
			return response;
		},
	};
}

test("a cold isolate answers at once from what the database lists, and personally once the release is loaded", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	shop.list(["lip-1", "lip-2", "x", "y", "z"]);
	expect(await shop.ask()).toMatchObject({ source: "static", release: null, items: [{ id: "lip-2" }, { id: "x" }, { id: "y" }] });
	expect(await shop.ask()).toMatchObject({ source: "personal", release: id });
	expect(shop.recommender.state()).toEqual({ release: id, canary: null, rung: "personal", catalogueVersion: 0, fault: null });
});

test("an encoder that broke down is told, costs a rung, and is made anew with the next reading", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	await shop.ask();
	shop.encoders[0]?.breakDown();
	expect(await shop.ask()).toMatchObject({ source: "session", release: id });
	expect(shop.recommender.state()).toMatchObject({
		rung: "session",
		fault: { release: id, file: "encoder.int8.onnx", message: "broke down: unreachable" },
	});
	expect(await shop.ask({}, null, 10)).toMatchObject({ source: "session" });
	expect(await shop.ask()).toMatchObject({ source: "personal", release: id });
	expect(shop.recommender.state()).toMatchObject({ rung: "personal", fault: null });
	expect(shop.encoders.map(({ isReleased }) => isReleased)).toEqual([true, false]);
});

test("the list of a cold isolate obeys filters; ids alone answer only where nothing filters; with all stores dead the list is empty", async () => {
	shop.list(["a", "b"], ["s-1", "s-2"]);
	expect((await shop.ask({ filter: { category: ["b"] } })).items.map(({ id }) => id)).toEqual(["b"]);
	shop = createShop();
	shop.list([], ["s-1", "s-2"]);
	shop.kill("database");
	expect((await shop.ask({ exclude: ["s-1"] })).items.map(({ id }) => id)).toEqual(["s-2"]);
	expect((await shop.ask({ filter: { category: ["b"] } })).items).toEqual([]);
	// What the isolate had last goes on serving when the last store is gone.
	shop.kill("kv");
	expect((await shop.ask({}, null, 60)).source).toBe("static");
	shop = createShop();
	shop.kill("database");
	expect(await shop.ask()).toMatchObject({ source: "static", items: [] });
});

test("the list of a cold isolate is full although the first products of all are sold out", async () => {
	const soldOut = Array.from({ length: 50 }, (_, n) => `gone-${n}`);
	shop.list([...soldOut, "x", "y", "z", "more"], null, soldOut);
	expect((await shop.ask()).items.map(({ id }) => id)).toEqual(["x", "y", "z"]);
});

test("a short list that is kept does not stand for a whole one when the database dies", async () => {
	const ids = Array.from({ length: 40 }, (_, n) => `p-${n}`);
	shop.list(ids, ["p-1", ...Array.from({ length: 40 }, (_, n) => `s-${n}`)]);
	expect((await shop.ask()).items).toHaveLength(3);
	shop.kill("database");
	const { items } = await shop.ask({ limit: 20 });
	expect(items).toHaveLength(20);
	expect(items.map(({ id }) => id)).toEqual([
		...ids.slice(
			0,
			items.findIndex(({ id }) => id === "s-0"),
		),
		...items.slice(items.findIndex(({ id }) => id === "s-0")).map((_, n) => `s-${n}`),
	]);
	shop.kill("nothing");
	expect((await shop.ask({ limit: 30 }, null, 60)).items.map(({ id }) => id)).toEqual(ids.slice(0, 30));
	// A whole list goes on serving.
	expect((await shop.ask({ limit: 40, filter: { price: {} } })).items).toHaveLength(40);
	shop.kill("database");
	expect((await shop.ask({ limit: 40 }, null, 60)).items.map(({ id }) => id)).toEqual(ids);
});

test("a recommendation id holds release, policy, surface, seed and time", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	await shop.ask();
	const { recommendationId } = await shop.ask({ surface: "cart" });
	expect(await readRecommendationId(await importSigningKey(SIGNING_KEY), recommendationId ?? "")).toEqual({
		ok: true,
		value: { release: id, policy: POLICY, surface: "cart", seed: 42, at: 1_000_000 },
	});
});

test("on an exploring surface the id tells how its list was drawn, and nothing is drawn that may not be logged", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	await shop.ask();
	const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map((item) => item.id);
	const ranked = idsOf(await shop.ask({ limit: 6 }));
	const { recommendationId, ...drawn } = await shop.ask({ surface: "email" });
	const read = await readRecommendationId(await importSigningKey(SIGNING_KEY), recommendationId ?? "");
	const policy = read.ok ? readPolicy(read.value.policy) : null;
	expect(policy).toEqual({ diversity: 0, novelty: 0, exploration: { share: 1, keep: 1, places: 3, reserve: 5, pinned: [] } });
	// From the id alone: which rank stands at which place.
	const { ranks } = drawnFrom(42, policy?.exploration as Exploration);
	expect(idsOf(drawn)).toEqual(ranks.map((rank) => ranked[rank]));
	expect(idsOf(drawn)).not.toEqual(ranked.slice(0, 3));
	expect(drawn).not.toHaveProperty("exploration");

	const silent = await shop.ask({ surface: "email" }, null, 0, false);
	expect(idsOf(silent)).toEqual(ranked.slice(0, 3));
	const plain = await readRecommendationId(await importSigningKey(SIGNING_KEY), silent.recommendationId ?? "");
	expect(plain).toMatchObject({ ok: true, value: { policy: POLICY } });
});

test("pointer and overlay are read at most every 10 seconds, and what changed obeys with the next reading", async () => {
	shop.point({ active: await shop.publish("20260101T000000Z") });
	await shop.ask();
	shop.changes.push({ id: "lip-2", version: 1, product: null });
	expect((await shop.ask({}, null, 9)).items.map(({ id }) => id)).toContain("lip-2");
	// This request starts the reading, off its own path; the next one has it.
	await shop.ask({}, null, 1);
	expect((await shop.ask()).items.map(({ id }) => id)).not.toContain("lip-2");
});

test("an isolate that was idle for long reads before it answers: a change obeys within 60 seconds", async () => {
	shop.point({ active: await shop.publish("20260101T000000Z") });
	await shop.ask();
	shop.changes.push({ id: "lip-2", version: 1, product: null });
	expect((await shop.ask({}, null, 3600)).items.map(({ id }) => id)).not.toContain("lip-2");
});

test("a new release is loaded beside the old one and takes over; the old one's encoder is given back", async () => {
	const first = await shop.publish("20260101T000000Z");
	const second = await shop.publish("20260102T000000Z");
	shop.point({ active: first });
	await shop.ask();
	shop.point({ active: second, previous: first });
	expect((await shop.ask({}, null, 10)).release).toBe(first);
	expect(await shop.ask()).toMatchObject({ release: second, source: "personal" });
	expect(shop.encoders.map(({ isReleased }) => isReleased)).toEqual([true, false]);
});

test("changes made before a release was loaded are in it when it takes over", async () => {
	shop.changes.push(
		...Array.from({ length: 2500 }, (_, n): ProductChange => ({ id: `p${String(n).padStart(5, "0")}`, version: 1, product: null })),
	);
	shop.changes.push({ id: "lip-2", version: 2, product: null });
	shop.point({ active: await shop.publish("20260101T000000Z") });
	await shop.ask();
	const { items, source } = await shop.ask();
	expect(source).toBe("personal");
	expect(items.map(({ id }) => id)).not.toContain("lip-2");
});

test("a release that cannot be loaded keeps the old one, is told by its file, and is not tried again at once", async () => {
	const first = await shop.publish("20260101T000000Z");
	const second = await shop.publish("20260102T000000Z");
	shop.point({ active: first });
	await shop.ask();
	const broken = shop.releases.get(second) as TinyRelease;
	const whole = broken.files["items.bin"];
	broken.files["items.bin"] = whole.slice(0, -16);
	shop.point({ active: second });
	await shop.ask({}, null, 10);
	const loads = shop.loads;
	for (const seconds of [10, 10]) expect(await shop.ask({}, null, seconds)).toMatchObject({ release: first, source: "personal" });
	expect(shop.loads).toBe(loads);
	expect(shop.recommender.state().fault).toMatchObject({ release: second, file: "items.bin" });
	broken.files["items.bin"] = whole;
	await shop.ask({}, null, 10);
	expect((await shop.ask()).release).toBe(second);
	expect(shop.recommender.state().fault).toBeNull();
});

test("a release whose model cannot be loaded serves by session where there is no other, else the old one stays", async () => {
	const modelless = await shop.publish("20260101T000000Z", 0);
	shop.point({ active: modelless });
	await shop.ask();
	expect(await shop.ask()).toMatchObject({ release: modelless, source: "session" });
	const good = await shop.publish("20260102T000000Z");
	shop.point({ active: good });
	await shop.ask({}, null, 30);
	expect(await shop.ask()).toMatchObject({ release: good, source: "personal" });
	shop.point({ active: modelless });
	await shop.ask({}, null, 30);
	expect(await shop.ask()).toMatchObject({ release: good, source: "personal" });
});

test("with every store gone, what was loaded goes on serving", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	await shop.ask();
	shop.kill("database");
	for (const seconds of [10, 100, 1000]) expect(await shop.ask({}, null, seconds)).toMatchObject({ release: id, source: "personal" });
});

test("a canary serves its share of visitors, each the same release all day, and nobody without a key", async () => {
	const first = await shop.publish("20260101T000000Z");
	const second = await shop.publish("20260102T000000Z");
	shop.point({ active: first, canary: second, canaryShare: 0.25 });
	await shop.ask();
	const visitors = Array.from({ length: 400 }, (_, n) => n.toString(16).padStart(32, "0") as VisitorKey);
	const served = async () => Promise.all(visitors.map(async (visitor) => (await shop.ask({}, visitor)).release));
	const releases = await served();
	expect(await served()).toEqual(releases);
	const share = releases.filter((release) => release === second).length / visitors.length;
	expect(share).toBeGreaterThan(0.18);
	expect(share).toBeLessThan(0.32);
	expect((await shop.ask()).release).toBe(first);
});

test("an evaluation is unavailable until a release is loaded, and carries no recommendation id", async () => {
	const id = await shop.publish("20260101T000000Z");
	shop.point({ active: id });
	const request = { ...REQUEST, parts: ["encoder" as const] };
	await expect(shop.recommender.evaluate(request, request.parts, () => {})).rejects.toMatchObject({ failure: { kind: "unavailable" } });
	shop = createShop();
	shop.point({ active: await shop.publish("20260101T000000Z") });
	await shop.ask();
	const { response } = await shop.recommender.evaluate(request, request.parts, () => {});
	expect(response).toMatchObject({ recommendationId: null, release: id, source: "personal" });
});

test("of a query only the catalogue's words are known, and none before a release is loaded", async () => {
	expect(shop.recommender.knownWordsOf("red lip")).toBeNull();
	shop.point({ active: await shop.publish("20260101T000000Z") });
	await shop.ask();
	expect(shop.recommender.knownWordsOf("Red jane 口红")).toBe("red 口红");
	expect(shop.recommender.knownWordsOf("jane")).toBeNull();
});
