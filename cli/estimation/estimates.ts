import { propensityOf } from "../../src/contract/policy.ts";
import type { JudgedPlace, SeenPlace } from "./judge.ts";
import { fitRewardModel } from "./reward-model.ts";

/** Parts of the log, by cluster, each of whose rewards are predicted by a model of the others. */
const FOLDS = 5;
const RESAMPLES = 1000;

/** A figure with its 95% interval. */
export type Interval = { readonly value: number; readonly lower: number; readonly upper: number };

/** Rewards for each place that is seen. */
export type Estimates = {
	/** What the logging policy had. */
	readonly logged: Interval;
	/** Of the candidate: inverse propensity scores, the same normalised by their own sum, and doubly robust. */
	readonly ips: Interval;
	readonly snips: Interval;
	readonly dr: Interval;
	/** Each less what the logging policy had, drawn together. */
	readonly gain: { readonly ips: Interval; readonly snips: Interval; readonly dr: Interval };
	/** Mean reward where the candidate wants what was shown, without any propensity: for comparison, biased. */
	readonly naive: number;
	/** Share of places at which the log can speak of the candidate; NaN without explored answers. */
	readonly support: Interval;
	/** Clusters that would tell as much if all weighed the same: (sum of weights)^2 / sum of squared weights. */
	readonly effective: number;
	readonly places: number;
	readonly clusters: number;
};

/** Sums over a cluster's places. */
type Sums = { places: number; reward: number; weight: number; weighed: number; robust: number; support: number; explored: number };
const NOTHING: Sums = { places: 0, reward: 0, weight: 0, weighed: 0, robust: 0, support: 0, explored: 0 };
const SUMS = Object.keys(NOTHING) as (keyof Sums)[];

/** Each figure of a sample of clusters. */
const FIGURES = {
	logged: ({ reward, places }: Sums) => reward / places,
	ips: ({ weighed, places }: Sums) => weighed / places,
	snips: ({ weighed, weight }: Sums) => weighed / weight,
	dr: ({ robust, places }: Sums) => robust / places,
	ipsGain: ({ weighed, reward, places }: Sums) => (weighed - reward) / places,
	snipsGain: ({ weighed, weight, reward, places }: Sums) => weighed / weight - reward / places,
	drGain: ({ robust, reward, places }: Sums) => (robust - reward) / places,
	support: ({ support, explored }: Sums) => support / explored,
};

/**
 * What a place does to a product's reward. `any`: whatever, so that a product tells of the place alone at which it stood.
 * `scales`: it multiplies it by a factor of the place, so that a product tells of every place: far less traffic is needed. The factors
 * are fitted to the log and taken as known: intervals are a little too narrow for it.
 */
export const PLACE_EFFECTS = ["any", "scales"] as const;
export type PlaceEffect = (typeof PLACE_EFFECTS)[number];

export type EstimateOptions = {
	readonly effect?: PlaceEffect;
	/** Samples of clusters behind each interval. */
	readonly resamples?: number;
	/** Of `predictedRewards`, where it was asked already. */
	readonly predicted?: ArrayLike<number>;
	/** Chance of a rank at a place. */
	readonly chanceOf?: typeof propensityOf;
};

/**
 * Value of a candidate from a log of another policy: intervals by drawing clusters with replacement.
 * @param random uniform in [0, 1)
 * @see Li et al., "Offline Evaluation of Ranking Policies with Click Models", KDD 2018 (a place's reward depends on its own product)
 * @see Swaminathan & Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NeurIPS 2015
 * @see Dudík, Langford & Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011
 */
export function estimateValue(
	places: readonly JudgedPlace[],
	random: () => number,
	{ effect = "any", resamples = RESAMPLES, predicted = predictedRewards(places), chanceOf = propensityOf }: EstimateOptions = {},
): Estimates {
	const weigh = effect === "any" ? weighAtPlace(chanceOf) : weighByFactor(places, chanceOf);
	const clusters = new Map<string, Sums>();
	let [matches, matched] = [0, 0];
	for (const [n, place] of places.entries()) {
		const { cluster, found, position, reward, support } = place;
		const sums = clusters.get(cluster) ?? { ...NOTHING };
		clusters.set(cluster, sums);
		const { weight, factor } = weigh(place);
		const expected = predicted[n] as number;
		if (found?.position === position) {
			matches++;
			matched += reward;
		}
		sums.places++;
		sums.reward += reward;
		sums.weight += weight;
		sums.weighed += weight * (found?.reward ?? 0);
		sums.robust += expected + weight * ((found?.reward ?? 0) - factor * expected);
		if (support !== null) {
			sums.support += support;
			sums.explored++;
		}
	}
	const all = [...clusters.values()];
	const intervals = intervalsOf(all, random, resamples);
	const weights = all.map(({ weight }) => weight);
	const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
	return {
		logged: intervals.logged,
		ips: intervals.ips,
		snips: intervals.snips,
		dr: intervals.dr,
		gain: { ips: intervals.ipsGain, snips: intervals.snipsGain, dr: intervals.drGain },
		naive: matched / matches,
		support: intervals.support,
		effective: squares === 0 ? 0 : weights.reduce((sum, weight) => sum + weight, 0) ** 2 / squares,
		places: places.length,
		clusters: all.length,
	};
}

/**
 * How much the wanted product's reward weighs where it was found, 0 where it was not, and the factor of that place against the
 * one where it is wanted.
 */
type Weigh = (place: JudgedPlace) => { readonly weight: number; readonly factor: number };
const NO_WEIGHT = { weight: 0, factor: 1 };

const weighAtPlace =
	(chanceOf: typeof propensityOf): Weigh =>
	({ position, found, exploration, among }) => {
		if (found === null || found.position !== position) return NO_WEIGHT;
		const { place } = among.find((each) => each.position === position) as SeenPlace;
		return { weight: 1 / chanceOf(exploration, place, found.rank), factor: 1 };
	};

/** Factors of places are those of a model of the whole log for a product of which nothing is known. */
function weighByFactor(places: readonly JudgedPlace[], chanceOf: typeof propensityOf): Weigh {
	const model = fitRewardModel(places);
	const positions = new Set(places.map(({ position }) => position));
	const factors = new Map(Array.from(positions, (position) => [position, model(position, null, null)]));
	const factorOf = (position: number) => factors.get(position) as number;
	return ({ position, found, exploration, among }) => {
		if (found === null) return NO_WEIGHT;
		let reached = 0;
		for (const each of among) reached += chanceOf(exploration, each.place, found.rank) * factorOf(each.position);
		return { weight: factorOf(position) / reached, factor: factorOf(found.position) / factorOf(position) };
	};
}

/** What a model of the other folds expects of the product that the candidate wants at each place. */
export function predictedRewards(places: readonly JudgedPlace[]): Float64Array {
	const foldOf = new Map<string, number>();
	for (const { cluster } of places) if (!foldOf.has(cluster)) foldOf.set(cluster, foldOf.size % FOLDS);
	const predicted = new Float64Array(places.length);
	for (let fold = 0; fold < FOLDS; fold++) {
		const model = fitRewardModel(places.filter(({ cluster }) => foldOf.get(cluster) !== fold));
		for (const [n, { cluster, position, wanted, wantedRank }] of places.entries()) {
			if (foldOf.get(cluster) === fold) predicted[n] = model(position, wanted, wantedRank);
		}
	}
	return predicted;
}

function intervalsOf(clusters: readonly Sums[], random: () => number, resamples: number): Record<keyof typeof FIGURES, Interval> {
	const columns = SUMS.map((name) => Float64Array.from(clusters, (sums) => sums[name]));
	const names = Object.keys(FIGURES) as (keyof typeof FIGURES)[];
	const drawn = names.map(() => new Float64Array(resamples));
	const totals = new Float64Array(SUMS.length);
	const figuresOf = (): Sums => Object.fromEntries(SUMS.map((name, s) => [name, totals[s]])) as Sums;
	for (let sample = 0; sample < resamples; sample++) {
		totals.fill(0);
		for (let n = 0; n < clusters.length; n++) {
			const cluster = Math.floor(random() * clusters.length);
			for (let s = 0; s < SUMS.length; s++) totals[s] = (totals[s] as number) + ((columns[s] as Float64Array)[cluster] as number);
		}
		const sums = figuresOf();
		for (const [f, name] of names.entries()) (drawn[f] as Float64Array)[sample] = FIGURES[name](sums);
	}
	for (const [s, column] of columns.entries()) totals[s] = column.reduce((sum, value) => sum + value, 0);
	const sums = figuresOf();
	return Object.fromEntries(
		names.map((name, f) => {
			const sorted = (drawn[f] as Float64Array).sort();
			const at = (share: number) => sorted[Math.round(share * (resamples - 1))] as number;
			return [name, { value: FIGURES[name](sums), lower: at(0.025), upper: at(0.975) }];
		}),
	) as Record<keyof typeof FIGURES, Interval>;
}
