import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanEncoder } from "../../test/fixtures/mean-encoder.ts";
import { TINY_ITEMS, tinyRelease } from "../../test/fixtures/tiny-release.ts";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import type { RankRequest } from "../contract/rank.ts";
import type { Source } from "../contract/recommendation.ts";
import { answerFrom } from "./answer.ts";
import { loadRelease } from "./load-release.ts";
import { createOverlaidRelease, type OverlaidRelease } from "./overlaid-release.ts";
import { createPlainSpace } from "./plain-space.ts";
import type { Encoder, OverlaidProduct } from "./ports.ts";
import { listAsGiven, rankList } from "./rank-list.ts";
import { createStopwatch } from "./stopwatch.ts";

async function load(encoder: Encoder | null = meanEncoder()): Promise<OverlaidRelease> {
	const { manifest, files } = await tinyRelease(new Uint8Array([1]));
	const loaded = await loadRelease(manifest, files, null, createPlainSpace);
	if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
	return createOverlaidRelease({ ...loaded.value, encoder }, createPlainSpace);
}

const ALL = TINY_ITEMS.map(({ id }) => id);
const viewed = (...items: string[]) => items.map((item) => ({ item, event: "view" as const }));
const request = (more: Partial<RankRequest>): RankRequest => ({
	history: [],
	ids: ALL,
	surface: "rank",
	filter: {},
	explain: false,
	...more,
});
function rank(release: OverlaidRelease, more: Partial<RankRequest>) {
	const faults: Source[] = [];
	const ranked = rankList(
		release,
		request(more),
		UNKNOWN_CONTEXT,
		0,
		createStopwatch(() => 0),
		(rung) => faults.push(rung),
	);
	return { ...ranked, ids: ranked.items.map(({ id }) => id), faults };
}
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

test("the list stays as it was given for an empty history and for one of which nothing is known", async () => {
	const release = await load();
	const ids = ALL.toReversed();
	for (const history of [[], viewed("nobody", "没有")]) {
		const ranked = rank(release, { history, ids });
		expect(ranked).toMatchObject({ source: "static", ids, omitted: [], ignored: history.length });
		expect(ranked.items.every(({ score }) => score === null)).toBe(true);
	}
});

test("every given id is scored, far beyond the candidates of a list, and as a list of recommendations scores it", async () => {
	const release = await load();
	const history = viewed("nail-5", "lip-1");
	const whole = rank(release, { history });
	expect(whole.source).toBe("personal");
	expect(whole.items.length).toBe(ALL.length);
	expect(whole.items.every(({ score }) => Number.isFinite(score))).toBe(true);
	const asked = {
		surface: "home",
		item: null,
		limit: 12,
		exclude: [],
		excludeSeen: false,
		filter: {},
		diversity: 0,
		novelty: 0,
		explain: false,
	};
	const served = answerFrom(
		release,
		{ ...asked, history },
		UNKNOWN_CONTEXT,
		null,
		0,
		createStopwatch(() => 0),
		() => {},
	);
	const scores = new Map(whole.items.map(({ id, score }) => [id, score]));
	// Five by the encoder and what is linked were candidates there; the others stand at its end with score 0.
	const candidates = served.items.filter(({ score }) => score !== 0);
	expect(candidates.length).toBeGreaterThan(5);
	expect(candidates.length).toBeLessThan(ALL.length);
	for (const { id, score } of candidates) expect(scores.get(id)).toBe(score);
});

test("the order among some ids is the same whatever else is in the list, and each stands once", async () => {
	for (const encoder of [meanEncoder(), null]) {
		const release = await load(encoder);
		const history = viewed("lip-1");
		const scores = new Map(rank(release, { history }).items.map(({ id, score }) => [id, score as number]));
		fc.assert(
			fc.property(fc.subarray(ALL, { minLength: 1 }), fc.array(fc.constantFrom(...ALL), { maxLength: 5 }), (some, again) => {
				const ids = [...some, ...again];
				const { source, ids: ranked } = rank(release, { history, ids });
				const distinct = [...new Set(ids)];
				// Where the session's tables link to none of them there is nothing to say.
				if (source === "static") expect(ranked).toEqual(distinct);
				else expect(ranked).toEqual(distinct.toSorted((a, b) => (scores.get(b) as number) - (scores.get(a) as number)));
			}),
		);
	}
});

test("equal scores and unknown ids keep the order given; unknown ids come last", async () => {
	const release = await load();
	release.apply([
		{ id: "same-1", version: 1, product: product({ title: "lip" }) },
		{ id: "same-2", version: 1, product: product({ title: "lip" }) },
	]);
	for (const ids of [
		["x", "same-2", "nail-5", "same-1", "没有"],
		["没有", "same-1", "x", "nail-5", "same-2"],
	]) {
		const ranked = rank(release, { history: viewed("lip-1"), ids });
		const same = ids.filter((id) => id.startsWith("same"));
		expect(ranked.ids).toEqual([...same, "nail-5", ...ids.filter((id) => id === "x" || id === "没有")]);
		expect(ranked.items.slice(3).map(({ score }) => score)).toEqual([null, null]);
	}
});

test("each failing part lowers the rung by one", async () => {
	const failing = { ...meanEncoder(), encode: () => Float32Array.of(Number.NaN, 0, 0, 0) };
	const history = viewed("lip-1");
	expect(rank(await load(), { history })).toMatchObject({ source: "personal", faults: [] });
	expect(rank(await load(failing), { history })).toMatchObject({ source: "session", faults: ["personal"] });
	const session = rank(await load(null), { history, ids: ["hair-10", "hair-9", "口红-4", "lip-2"] });
	// lip-1 -> lip-2 by transition, 口红-4 by content, hair-9 bought together, hair-10 by nothing.
	expect(session).toMatchObject({ source: "session", ids: ["lip-2", "口红-4", "hair-9", "hair-10"] });
	expect(rank(await load(null), { history: viewed("hair-9") })).toMatchObject({ source: "static", ids: ALL });
	expect(listAsGiven(request({ history, ids: ["b", "a", "b"] }))).toMatchObject({ source: "static", items: [{ id: "b" }, { id: "a" }] });
});

test("what is deleted, dismissed or filtered out is told apart; what is sold out stays unless the filter says so", async () => {
	const release = await load();
	release.apply([
		{ id: "lip-2", version: 1, product: null },
		{ id: "never-known", version: 1, product: null },
		{ id: "口红-3", version: 1, product: product({ category: "lip", stock: 0 }) },
	]);
	const history = [...viewed("lip-1", "nail-5"), { item: "nail-5", event: "dismiss" as const }, { item: "z", event: "dismiss" as const }];
	for (const sent of [history, history.slice(2)]) {
		const ids = ["never-known", "lip-2", "口红-3", "nail-5", "z", "hair-9"];
		const ranked = rank(release, { history: sent, ids });
		expect(new Set(ranked.ids)).toEqual(new Set(["口红-3", "hair-9"]));
		expect(ranked.omitted).toEqual(["never-known", "lip-2", "nail-5", "z"]);
		expect(rank(release, { history: sent, ids, filter: { inStock: true } }).ids).toEqual(["hair-9"]);
	}
	expect(rank(release, { history, ids: ["x", "nail-6", "hair-9"], filter: { category: ["hair"] } })).toMatchObject({
		ids: ["hair-9"],
		omitted: ["x", "nail-6"],
	});
	expect(listAsGiven(request({ history, ids: ["nail-5", "a"] }))).toMatchObject({ items: [{ id: "a" }], omitted: ["nail-5"] });
});

test("an explained item says what led to it, and its shares add up to its score", async () => {
	const { items } = rank(await load(), { history: viewed("nail-5", "lip-1"), explain: true });
	expect(items.find(({ id }) => id === "lip-2")?.reason).toEqual({ kind: "because", item: "lip-1" });
	for (const { score, contributions = {} } of items) {
		expect(Object.values(contributions).reduce((sum, share) => sum + share, 0)).toBeCloseTo(score as number, 9);
	}
});
