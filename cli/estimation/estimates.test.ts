import { expect, test } from "vitest";
import { drawnFrom } from "../../src/contract/policy.ts";
import { randomFrom } from "../demo/random.ts";
import { type Estimates, estimateValue, PLACE_EFFECTS } from "./estimates.ts";
import type { JudgedPlace } from "./judge.ts";
import { EFFECTIVE_MIN, refusalOfEstimates, refusalOfLog } from "./refusal.ts";
import { fitRewardModel } from "./reward-model.ts";

const place = (values: Partial<JudgedPlace>): JudgedPlace => ({
	cluster: "a",
	position: 1,
	shown: "x",
	wanted: "x",
	reward: 0,
	found: null,
	exploration: { share: 1, keep: 0, places: 2, reserve: 2, pinned: [] },
	among: [{ position: 1, place: 1 }],
	shownRank: 0,
	wantedRank: 0,
	support: null,
	...values,
});

/** The wanted product at a place; each case of a test has its chance of its own, by rank. */
const foundAt = (position: number, rank: number, reward: 0 | 1 = 0): JudgedPlace["found"] => ({ position, reward, rank });

test("inverse propensities by hand, plain and normalised, and what weighs how much", () => {
	const places = [
		place({ cluster: "a", reward: 1, found: foundAt(1, 0, 1) }),
		// What is wanted was seen on another place, which says nothing of this one.
		place({ cluster: "a", shown: "y", reward: 1, found: foundAt(2, 1) }),
		place({ cluster: "b", found: foundAt(1, 2) }),
		place({ cluster: "b", reward: 1, found: foundAt(1, 3, 1), support: 2 }),
	];
	const { ips, snips, logged, naive, support, effective, clusters } = estimateValue(places, randomFrom("hand"), {
		resamples: 50,
		chanceOf: (_, __, rank) => [0.5, 0.1, 0.25, 0.8][rank] as number,
	});
	// Weights 2, 0, 4 and 1.25.
	expect(ips.value).toBeCloseTo(3.25 / 4, 12);
	expect(snips.value).toBeCloseTo(3.25 / 7.25, 12);
	expect([logged.value, naive, support.value, clusters]).toEqual([3 / 4, 2 / 3, 2, 2]);
	expect(effective).toBeCloseTo(7.25 ** 2 / (2 ** 2 + 5.25 ** 2), 12);
});

test("over many draws all three estimates come to the candidate's true value, which none of the shown lists had", () => {
	const exploration = { share: 0.5, keep: 0, places: 2, reserve: 4, pinned: [] };
	// Chance of a reward by rank, half of it on the second place; the candidate puts rank 3 on the first and rank 2 on the second.
	const rates = [0.1, 0.2, 0.5, 0.8];
	const random = randomFrom("many");
	const among = [0, 1].map((position) => ({ position, place: position }));
	const places = Array.from({ length: 8000 }, (_, n) => {
		const { ranks } = drawnFrom(Math.floor(random() * 2 ** 32), exploration);
		const rewards = ranks.map((rank, position): 0 | 1 => (random() < (rates[rank] as number) / (1 + position) ? 1 : 0));
		return ranks.map((rank, position) => {
			const at = ranks.indexOf(3 - position);
			return place({
				cluster: `${n}`,
				position,
				shown: `${rank}`,
				wanted: `${3 - position}`,
				shownRank: 3 - rank,
				wantedRank: position,
				reward: rewards[position] as 0 | 1,
				found: at === -1 ? null : { position: at, reward: rewards[at] as 0 | 1, rank: 3 - position },
				exploration,
				among,
			});
		});
	}).flat();
	const widths = PLACE_EFFECTS.map((effect) => {
		const { ips, snips, dr, logged } = estimateValue(places, random, { effect, resamples: 200 });
		for (const { value, lower, upper } of [ips, snips, dr]) {
			expect(lower).toBeLessThan(0.525);
			expect(upper).toBeGreaterThan(0.525);
			expect(Math.abs(value - 0.525)).toBeLessThan(0.05);
		}
		expect(logged.upper).toBeLessThan(0.35);
		return ips.upper - ips.lower;
	});
	// A product that tells of both places tells more.
	expect(widths[1]).toBeLessThan(0.9 * (widths[0] as number));
});

test("where every shown product is the one that is wanted, nothing is left for a model to add", () => {
	const places = Array.from({ length: 200 }, (_, n) => {
		const reward = n % 4 === 0 ? 1 : 0;
		return place({ cluster: `${n % 40}`, reward, found: foundAt(1, 0, reward) });
	});
	const { ips, snips, dr, gain } = estimateValue(places, randomFrom("same"), { resamples: 100, chanceOf: () => 1 });
	for (const { value } of [ips, snips, dr]) expect(value).toBeCloseTo(0.25, 12);
	for (const { value, lower, upper } of [gain.ips, gain.snips, gain.dr])
		for (const each of [value, lower, upper]) expect(each).toBeCloseTo(0, 12);
});

test("the reward model learns that places and products differ, and knows a mean of what it never saw", () => {
	const random = randomFrom("rewards");
	const rateAt = (position: number, shown: string) => (shown === "good" ? 0.6 : 0.2) / (1 + position);
	const places = Array.from({ length: 6000 }, () => {
		const position = Math.floor(random() * 4);
		const shown = random() < 0.5 ? "good" : "bad";
		return place({ position, shown, shownRank: null, reward: random() < rateAt(position, shown) ? 1 : 0 });
	});
	const model = fitRewardModel(places);
	for (const position of [0, 3])
		for (const item of ["good", "bad"]) expect(Math.abs(model(position, item, null) - rateAt(position, item))).toBeLessThan(0.06);
	expect(model(0, "new", null)).toBeGreaterThan(model(0, "bad", null));
	expect(model(0, "new", null)).toBeLessThan(model(0, "good", null));
});

const TALLY = { ids: 100, forged: 0, elsewhere: 0, undrawn: 0, contradictory: 0, unseen: 0 };
const answers = (isExplored: boolean) => [{ drawn: { isExplored, ranks: [] } }] as unknown as Parameters<typeof refusalOfLog>[0];

test.each([
	[answers(true), { ids: 0 }, /no event of the log bears a recommendation id/],
	[answers(true), { forged: 2 }, /2 of 100 recommendation ids were not signed by this Worker/],
	[[], { elsewhere: 100 }, /no answer of the log is of the surface "home"/],
	[[], { elsewhere: 1, undrawn: 99 }, /EXPLORE was empty/],
	[[], { unseen: 100 }, /no product of an answer/],
	[answers(false), {}, /none of the 1 answers was explored/],
	[answers(true), { forged: 1, undrawn: 50 }, null],
])("a log is refused for its reason, or for none (%#)", (offered, tally, reason) => {
	const refused = refusalOfLog(offered, { ...TALLY, ...tally }, "home");
	if (reason === null) expect(refused).toBeNull();
	else expect(refused).toMatch(reason);
});

test.each([
	[{ places: 0 }, /no place/],
	[{ support: { value: Number.NaN, lower: Number.NaN, upper: Number.NaN } }, /explored answer/],
	[{ support: { value: 0.8, lower: 0.7, upper: 0.9 } }, /20\.0% of its products .*at least 10\.0%/],
	[{ effective: EFFECTIVE_MIN - 0.5 }, new RegExp(`as much as ${EFFECTIVE_MIN - 1} visitor-days`)],
	[{}, null],
])("figures are refused for their reason, or for none (%#)", (values, reason) => {
	const good = { places: 1000, support: { value: 0.99, lower: 0.9, upper: 1.1 }, effective: EFFECTIVE_MIN };
	const refused = refusalOfEstimates({ ...good, ...values } as Estimates);
	if (reason === null) expect(refused).toBeNull();
	else expect(refused).toMatch(reason);
});
