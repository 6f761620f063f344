import { pickWeighted, type Random, randomFrom } from "../../cli/demo/random.ts";
import type { RecommendationFields } from "../../src/contract/candidate.ts";
import { UNKNOWN_CONTEXT } from "../../src/contract/context.ts";
import type { LogLine } from "../../src/contract/event.ts";
import { drawnFrom, type Exploration, policyName } from "../../src/contract/policy.ts";
import type { HistoryEntry } from "../../src/contract/recommendation.ts";

const ITEMS = 300;
const CONTEXTS = 400;
const DIM = 4;
/** Chance that a shopper who saw a place sees the next. */
const GOES_ON = 0.93;
/** Click rates of one visitor against another's; they share a cluster. */
const MOODS = [0.5, 1.5];
/** Answers that a visitor is given, each as likely. */
const ANSWERS = [1, 2, 3, 4];

/** Shoppers whose every click rate is known. */
export type World = {
	/** The candidate's order of what the logging policy ranks for such a shopper, best first. */
	candidateFor(history: readonly HistoryEntry[]): readonly string[];
	/** Rewards for each seen place that the candidate could fill: of the candidate and of what is logged. */
	readonly truth: number;
	readonly loggedTruth: number;
	/** One log of so many visitors. */
	draw(random: Random, visitors: number): { readonly lines: LogLine[]; readonly fieldsOf: Map<string, RecommendationFields> };
};

/** A normal number (Box and Muller). */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const vectorOf = (random: Random): number[] => Array.from({ length: DIM }, () => normal(random) / Math.sqrt(DIM));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, d) => sum + value * (b[d] as number), 0);

/**
 * A click at a place depends on the shopper, on the product there and on the place alone; how far a shopper looks depends
 * on nothing. The candidate orders what the logging policy ranks in its first `2 * places`, by less noise.
 */
export function makeWorld(seed: string, exploration: Exploration): World {
	const random = randomFrom(seed);
	const items = Array.from({ length: ITEMS }, (_, n) => ({ id: `item-${n}`, vector: vectorOf(random), fame: normal(random) }));
	const contexts = Array.from({ length: CONTEXTS }, () => vectorOf(random));
	const byId = new Map(items.map((item) => [item.id, item]));
	const likes = (context: number, id: string): number => {
		const { vector, fame } = byId.get(id) as (typeof items)[number];
		return 2 * dot(contexts[context] as number[], vector) + 0.4 * fame;
	};
	const clickRate = (context: number, id: string, position: number): number =>
		1 / (1 + 0.15 * position) / (1 + Math.exp(3.5 - likes(context, id)));
	const ranked = (ids: readonly string[], scoreOf: (id: string) => number): string[] => {
		const scores = new Map(ids.map((id) => [id, scoreOf(id)]));
		return ids.toSorted((a, b) => (scores.get(b) as number) - (scores.get(a) as number));
	};
	const all = items.map(({ id }) => id);
	const logged = contexts.map((_, context) =>
		ranked(all, (id) => likes(context, id) + normal(random)).slice(0, exploration.keep + exploration.reserve),
	);
	const candidate = logged.map((ids, context) => ranked(ids, (id) => likes(context, id) + 0.5 * normal(random)));

	/** Mean over contexts and places, each weighing as often as it is seen. */
	const meanRate = (itemAt: (context: number, position: number) => readonly (readonly [id: string, chance: number])[]): number => {
		let [value, weight] = [0, 0];
		for (let context = 0; context < CONTEXTS; context++) {
			for (let position = exploration.keep; position < exploration.places; position++) {
				const seen = GOES_ON ** position;
				for (const [id, chance] of itemAt(context, position)) value += seen * chance * clickRate(context, id, position);
				weight += seen;
			}
		}
		return value / weight;
	};
	const { keep, reserve, share, places } = exploration;
	const wantedAt = (context: number, position: number): string => {
		const standing = new Set(logged[context]?.slice(0, keep));
		return candidate[context]?.filter((id) => !standing.has(id))[position - keep] as string;
	};
	const policy = policyName({ diversity: 0, novelty: 0, exploration });
	return {
		candidateFor: ([entry]) => candidate[Number(entry?.item?.replace("context-", ""))] as readonly string[],
		truth: meanRate((context, position) => [[wantedAt(context, position), 1]]),
		loggedTruth: meanRate((context, position) => [
			[logged[context]?.[position] as string, 1 - share],
			...(logged[context] ?? []).slice(keep, keep + reserve).map((id) => [id, share / reserve] as const),
		]),
		draw(own, visitors) {
			const lines: LogLine[] = [];
			const fieldsOf = new Map<string, RecommendationFields>();
			for (let visitor = 0; visitor < visitors; visitor++) {
				const mood = pickWeighted(own, MOODS, () => 1);
				const count = pickWeighted(own, ANSWERS, () => 1);
				for (let answer = 0; answer < count; answer++) {
					const context = Math.floor(own() * CONTEXTS);
					const id = `${visitor}-${answer}`;
					const seed = Math.floor(own() * 2 ** 32);
					const at = 1_800_000_000 + lines.length;
					fieldsOf.set(id, { release: null, policy, surface: "home", seed, at });
					const line = (type: LogLine["type"], item: string, position: number | null, recommendationId: string | null): LogLine => ({
						v: 1,
						id: `${lines.length}`,
						type,
						item,
						position,
						recommendationId,
						query: null,
						order: null,
						quantity: null,
						surface: "home",
						value: null,
						currency: null,
						at,
						receivedAt: at,
						session: id,
						visitor: `${visitor}`,
						context: UNKNOWN_CONTEXT,
					});
					// What the candidate is told of the shopper is what the log tells.
					lines.push(line("view", `context-${context}`, null, null));
					const { ranks } = drawnFrom(seed, exploration);
					for (let position = 0; position < places && (position === 0 || own() < GOES_ON); position++) {
						const item = logged[context]?.[ranks[position] as number] as string;
						lines.push(line("impression", item, position, id));
						if (own() < mood * clickRate(context, item, position)) lines.push(line("click", item, position, id));
					}
				}
			}
			return { lines, fieldsOf };
		},
	};
}
