import { expect, test } from "vitest";
import type { RecommendationFields } from "../../src/contract/candidate.ts";
import { UNKNOWN_CONTEXT } from "../../src/contract/context.ts";
import type { LogLine } from "../../src/contract/event.ts";
import { drawnFrom } from "../../src/contract/policy.ts";
import { judgeAnswer } from "./judge.ts";
import { idsOf, offeredAnswers } from "./offered.ts";

const line = (values: Partial<LogLine>): LogLine => ({
	v: 1,
	id: "0123456789abcdef",
	type: "impression",
	item: null,
	query: null,
	order: null,
	quantity: null,
	surface: "home",
	recommendationId: null,
	position: null,
	value: null,
	currency: null,
	at: 100,
	receivedAt: 100,
	session: "5e",
	visitor: "0a",
	context: UNKNOWN_CONTEXT,
	...values,
});
const fields = (values: Partial<RecommendationFields> = {}): RecommendationFields => ({
	release: "r",
	policy: "fused-1-d30-e5000-1-3-5",
	surface: "home",
	seed: 7,
	at: 100,
	...values,
});
const ASKED = { surface: "home", since: 0, event: "click" } as const;
const shown = (recommendationId: string, position: number, item: string) => line({ recommendationId, position, item });
const EXPLORATION = { share: 0.5, keep: 1, places: 3, reserve: 5, pinned: [] };

test("an answer is what its id, its impressions and its session say", () => {
	const lines = [
		shown("a", 2, "c"),
		shown("a", 0, "x"),
		line({ type: "click", item: "c", recommendationId: "a", position: 2, at: 104 }),
		// Clicked, but never told to have been seen.
		line({ type: "click", item: "y", recommendationId: "a", position: 1, at: 105 }),
		line({ type: "view", item: "older", at: 90 }),
		line({ type: "search", query: "red", at: 80 }),
		line({ type: "view", item: "later", at: 101 }),
		line({ type: "view", item: "of another", at: 90, session: "0f" }),
		line({ type: "view", item: "c", at: 100, recommendationId: "a" }),
	];
	const { answers, tally } = offeredAnswers(lines, new Map([["a", fields()]]), ASKED);
	expect(idsOf(lines)).toEqual(["a"]);
	expect(tally).toEqual({ ids: 1, forged: 0, elsewhere: 0, undrawn: 0, contradictory: 0, unseen: 0 });
	expect(answers).toEqual([
		{
			cluster: "0a",
			policy: { diversity: 0.3, novelty: 0, exploration: EXPLORATION },
			drawn: drawnFrom(7, EXPLORATION),
			history: [
				{ query: "red", event: "search", at: 80 },
				{ item: "older", event: "view", at: 90 },
			],
			context: UNKNOWN_CONTEXT,
			seen: [
				{ position: 0, item: "x", isRewarded: false },
				{ position: 2, item: "c", isRewarded: true },
			],
		},
	]);
});

test("what cannot be judged is counted by its reason", () => {
	const lines = [
		...["forged", "elsewhere", "early", "undrawn", "ranked", "good"].map((id) => shown(id, 0, "x")),
		shown("contradictory", 0, "x"),
		shown("contradictory", 0, "y"),
		line({ type: "click", item: "x", recommendationId: "unseen", position: 0 }),
	];
	const read = new Map<string, RecommendationFields | null>([
		["forged", null],
		["elsewhere", fields({ surface: "cart" })],
		["early", fields({ at: 49 })],
		["undrawn", fields({ policy: "fused-1" })],
		["ranked", fields({ policy: "rank-1" })],
		...["contradictory", "unseen", "good"].map((id) => [id, fields()] as const),
	]);
	const { answers, tally } = offeredAnswers(lines, read, { ...ASKED, since: 50 });
	expect(answers).toHaveLength(1);
	expect(tally).toEqual({ ids: 8, forged: 1, elsewhere: 2, undrawn: 2, contradictory: 1, unseen: 1 });
});

/** An answer of a policy, as seen at the given places. */
function offered(policy: string, seed: number, seen: Readonly<Record<number, string>>, clicked: readonly string[] = []) {
	const lines = [
		...Object.entries(seen).map(([position, item]) => shown("a", Number(position), item)),
		...clicked.map((item) => line({ type: "click", item, recommendationId: "a" })),
	];
	const { answers } = offeredAnswers(lines, new Map([["a", fields({ policy, seed })]]), ASKED);
	return answers[0] as (typeof answers)[number];
}
const seedWhere = (explored: boolean): number => {
	for (let seed = 0; ; seed++) if (drawnFrom(seed, EXPLORATION).isExplored === explored) return seed;
};

test("a candidate fills the free places in its order, and what it wants is found where it was seen", () => {
	const answer = offered("fused-1-e5000-1-3-5", seedWhere(false), { 0: "x", 1: "b", 2: "c" }, ["c"]);
	const judged = judgeAnswer(answer, ["c", "x", "b", "z"]);
	expect(judged).toMatchObject([
		{ position: 1, shown: "b", wanted: "c", reward: 0, shownRank: 1, wantedRank: 0, support: null },
		{ position: 2, shown: "c", wanted: "b", reward: 1, shownRank: 0, wantedRank: 1, support: null },
	]);
	// Not explored: the rank of each place is its own.
	const among = [1, 2].map((position) => ({ position, place: position }));
	expect(judged?.[0]).toMatchObject({ found: { position: 2, reward: 1, rank: 2 }, exploration: EXPLORATION, among });
	expect(judgeAnswer(answer, ["x", "b"])?.map(({ wanted }) => wanted)).toEqual(["b", null]);
});

test("in an explored answer what the candidate wants has the rank that was drawn, and the chance of having been seen is known", () => {
	const seed = seedWhere(true);
	const { ranks } = drawnFrom(seed, EXPLORATION);
	const answer = offered("fused-1-e5000-1-3-5", seed, { 0: "x", 1: "b", 2: "c" });
	const judged = judgeAnswer(answer, ["c", "z"]);
	// "c" was seen: two of the five of the reserve were. "z" was not.
	expect(judged?.map(({ support }) => support)).toEqual([2.5, 0]);
	expect(judged?.map(({ found }) => found)).toEqual([{ position: 2, reward: 0, rank: ranks[2] }, null]);
	// With one place seen alone, it stood there with a chance of one in five.
	expect(judgeAnswer(offered("fused-1-e5000-1-3-5", seed, { 0: "x", 2: "c" }), ["b", "c"])).toMatchObject([{ position: 2, support: 5 }]);
});

test("pinned and kept places stay, and an answer where one of them was not seen is left out", () => {
	// Bits 101: the first and the third place of five are pinned; of the three others one is kept.
	const policy = "fused-1-e5000-1-3-5-5";
	const seen = { 0: "pin-1", 1: "x", 2: "pin-2", 3: "b", 4: "c" };
	const judged = judgeAnswer(offered(policy, seedWhere(false), seen), ["pin-1", "c", "x", "pin-2", "b"]);
	expect(judged?.map(({ position, wanted }) => [position, wanted])).toEqual([
		[3, "c"],
		[4, "b"],
	]);
	for (const place of [0, 1, 2] as const) {
		const { [place]: _, ...rest } = seen;
		expect(judgeAnswer(offered(policy, seedWhere(false), rest), ["c"])).toBeNull();
	}
	const { 4: _, ...short } = seen;
	expect(judgeAnswer(offered(policy, seedWhere(false), short), ["c"])).toHaveLength(1);
});
