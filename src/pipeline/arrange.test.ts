import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanEncoder } from "../../test/fixtures/mean-encoder.ts";
import { TINY_ITEMS, tinyRelease } from "../../test/fixtures/tiny-release.ts";
import { UNKNOWN_CONTEXT } from "../contract/context.ts";
import { drawnFrom, placesWithoutPins } from "../contract/policy.ts";
import type { RecommendationRequest } from "../contract/recommendation.ts";
import type { NamedRule } from "../contract/rule.ts";
import type { Exploring } from "../rank/explore.ts";
import { rulesInForce } from "../rank/rules.ts";
import { answerFrom } from "./answer.ts";
import { loadRelease } from "./load-release.ts";
import { createOverlaidRelease } from "./overlaid-release.ts";
import { createPlainSpace } from "./plain-space.ts";
import { createStopwatch } from "./stopwatch.ts";

const { manifest, files } = await tinyRelease(new Uint8Array([1]));
const loaded = await loadRelease(manifest, files, null, createPlainSpace);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const published = loaded.value;

const REQUEST: RecommendationRequest = {
	history: [{ item: "lip-1", event: "view" }],
	surface: "home",
	item: null,
	limit: 4,
	exclude: [],
	excludeSeen: true,
	filter: {},
	diversity: 0,
	novelty: 0,
	explain: false,
};
const SURFACE = { surface: null, from: null, until: null, enabled: true, note: "" };
const pin = (items: string[], place: number): NamedRule => ({ id: `pin-${place}`, ...SURFACE, action: { kind: "pin", items, place } });

function answer(request: Partial<RecommendationRequest>, exploring: Exploring | null, rules: readonly NamedRule[] = [], encodes = true) {
	const release = createOverlaidRelease({ ...published, encoder: encodes ? meanEncoder() : null }, createPlainSpace);
	const none = { titles: null, stock: null, attributes: {} };
	release.apply(
		["lip-2", "口红-3"].map((id) => ({
			id,
			version: 1,
			product: { ...none, title: id, category: "lip", brand: "OPI", price: 5, group: "two" },
		})),
	);
	const watch = createStopwatch(() => 0);
	const inForce = rulesInForce(rules, "home", 0);
	const given = answerFrom(release, { ...REQUEST, ...request }, UNKNOWN_CONTEXT, null, 0, watch, () => {}, inForce, exploring);
	return { ...given, ids: given.items.map(({ id }) => id) };
}
const ALL = TINY_ITEMS.map(({ id }) => id);
const VARIANTS = ["lip-2", "口红-3"];

test("a drawn list obeys filter, exclusions, pins and variants on every rung, and its id tells the rank at each place", () => {
	const arbitrary = fc.record({
		seed: fc.nat(0xffff_ffff),
		keep: fc.integer({ min: 0, max: 3 }),
		limit: fc.integer({ min: 1, max: 8 }),
		exclude: fc.subarray([...ALL], { maxLength: 5 }),
		category: fc.constantFrom<string[] | undefined>(undefined, ["lip"], ["nail", "hair"]),
		history: fc.constantFrom(["lip-1"], ["lip-1", "nail-5"], []),
		pins: fc.subarray([pin(["nail-8"], 1), pin(["口红-4", "hair-9"], 3)]),
		diversity: fc.constantFrom(0, 0.5),
		encodes: fc.boolean(),
	});
	fc.assert(
		fc.property(arbitrary, ({ seed, keep, category, history, pins, encodes, ...more }) => {
			const request = { ...more, history: history.map((item) => ({ item, event: "view" as const })), filter: category ? { category } : {} };
			const exploring = { share: 1, keep, seed };
			const drawn = answer(request, exploring, pins, encodes);
			const plain = answer({ ...request, limit: 2 * more.limit }, null, [], encodes);
			const unlogged = answer(request, { ...exploring, seed: null }, pins, encodes);
			// Whoever is not explored sees what is shown where nothing is drawn, of the same length.
			expect(unlogged.exploration).toBeUndefined();
			expect(drawn.ids).toHaveLength(unlogged.ids.length);
			if (more.diversity === 0) expect(unlogged.ids).toEqual(answer(request, null, pins, encodes).ids);
			const left = [...more.exclude, ...history];
			for (const id of drawn.ids) {
				expect(left).not.toContain(id);
				if (category) expect(category).toContain(VARIANTS.includes(id) ? "lip" : TINY_ITEMS.find((item) => item.id === id)?.category);
			}
			expect(VARIANTS.filter((id) => drawn.ids.includes(id)).length).toBeLessThanOrEqual(1);
			expect(new Set(drawn.ids).size).toBe(drawn.ids.length);
			const { exploration } = drawn;
			if (exploration === undefined) {
				expect(drawn.ids).toEqual(unlogged.ids);
				return;
			}
			const pinned = ["nail-8", "口红-4", "hair-9"].filter((id) =>
				pins.some(({ action }) => action.kind === "pin" && action.items.includes(id)),
			);
			expect(exploration.pinned.map((place) => drawn.ids[place])).toEqual(exploration.pinned.map((place) => unlogged.ids[place]));
			for (const place of exploration.pinned) expect(pinned).toContain(drawn.ids[place]);
			// What is not pinned at each place has the rank that the seed gives.
			const { ranks } = drawnFrom(seed, exploration);
			const free = placesWithoutPins(exploration);
			expect(free).toHaveLength(drawn.ids.length);
			const stays = free.flatMap((own, place) => (own !== -1 && ranks[own] === own ? [place] : []));
			expect(stays.map((place) => drawn.ids[place])).toEqual(stays.map((place) => unlogged.ids[place]));
			for (const place of free.keys()) if (place < keep) expect(drawn.ids[place]).toBe(unlogged.ids[place]);
			if (more.diversity === 0 && pins.length === 0) expect(drawn.ids).toEqual(ranks.map((rank) => plain.ids[rank]));
		}),
		{ numRuns: 300 },
	);
});

test("diversity moves what is alike apart, novelty brings what is little asked for, and both 0 change nothing", () => {
	const plain = answer({ limit: 6 }, null).ids;
	const lips = (ids: readonly string[]) => ids.filter((id) => /lip|口红/.test(id)).length;
	const diverse = answer({ limit: 3, diversity: 0.7 }, null).ids;
	expect(answer({ limit: 3 }, null).ids).toEqual(plain.slice(0, 3));
	expect(diverse[0]).toBe(plain[0]);
	expect(lips(diverse)).toBeLessThan(lips(plain.slice(0, 3)));
	const popularity = (ids: readonly string[]) =>
		ids.reduce((sum, id) => sum + (TINY_ITEMS.find((item) => item.id === id)?.popularity ?? 0), 0);
	expect(popularity(answer({ limit: 3, novelty: 0.8 }, null).ids)).toBeLessThan(popularity(plain.slice(0, 3)));
	// Without a history too.
	const popular = answer({ history: [], limit: 3 }, null).ids;
	expect(lips(answer({ history: [], limit: 3, diversity: 0.9 }, null).ids)).toBeLessThan(lips(popular));
});
