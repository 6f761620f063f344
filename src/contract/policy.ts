/** Name of the rule that orders a list of `/v1/recommendations`: best score first. */
export const POLICY = "fused-1";
/** Steps in which a name tells the share of explored answers. */
const SHARE_STEPS = 10_000;
/** Steps in which a name tells diversity and novelty. */
const KNOB_STEPS = 100;

/**
 * How an explored list is drawn. Places and ranks count from 0 and leave out what rules pinned; a rank is a place in the
 * order before anything was drawn.
 */
export type Exploration = {
	/** Chance that an answer is explored, (0, 1]. */
	readonly share: number;
	/** First places, which always hold the first ranks. */
	readonly keep: number;
	/** Places of the list. */
	readonly places: number;
	/** Ranks from `keep` on that the other places are drawn from, each as likely. */
	readonly reserve: number;
	/** Places of the whole list that pinned products take, ascending. */
	readonly pinned: readonly number[];
};

/** What ordered a list, as far as a recommendation id tells. */
export type Policy = {
	/** 0 to 1. */
	readonly diversity: number;
	/** 0 to 1. */
	readonly novelty: number;
	/** null: nothing is ever drawn. */
	readonly exploration: Exploration | null;
};

/** A share as a name can tell it. */
export const toldShare = (share: number): number => Math.round(share * SHARE_STEPS) / SHARE_STEPS;

const LAYOUT = new RegExp(
	`^${POLICY}(?:-d(\\d{1,3}))?(?:-n(\\d{1,3}))?(?:-e(\\d{1,5})-(\\d{1,3})-(\\d{1,3})-(\\d{1,3})(?:-([0-9a-f]{1,26}))?)?$`,
);

/**
 * "fused-1"; with diversity .3 and novelty .2 "fused-1-d30-n20"; where one answer in ten keeps 2 of its 10 places and
 * draws the others from the 18 ranks that follow "fused-1-e1000-2-10-18"; pinned places come last, as bits in hex.
 */
export function policyName({ diversity, novelty, exploration }: Policy): string {
	const knobs = [
		["d", diversity],
		["n", novelty],
	] as const;
	const told = knobs.map(([letter, value]) => [letter, Math.round(value * KNOB_STEPS)] as const).filter(([, value]) => value > 0);
	const name = [POLICY, ...told.map(([letter, value]) => `${letter}${value}`)].join("-");
	if (exploration === null) return name;
	const { share, keep, places, reserve, pinned } = exploration;
	const bits = pinned.reduce((sum, place) => sum | (1n << BigInt(place)), 0n);
	const drawn = `${name}-e${Math.round(share * SHARE_STEPS)}-${keep}-${places}-${reserve}`;
	return bits === 0n ? drawn : `${drawn}-${bits.toString(16)}`;
}

/** @returns null for the name of another rule */
export function readPolicy(name: string): Policy | null {
	const match = LAYOUT.exec(name);
	if (match === null) return null;
	const [diversity, novelty, share, keep, places, reserve] = match.slice(1, 7).map((text) => Number(text ?? 0)) as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	const pinned: number[] = [];
	for (let bits = BigInt(`0x${match[7] ?? 0}`), place = 0; bits > 0n; bits >>= 1n, place++) if (bits & 1n) pinned.push(place);
	const exploration = match[3] === undefined ? null : { share: share / SHARE_STEPS, keep, places, reserve, pinned };
	return { diversity: diversity / KNOB_STEPS, novelty: novelty / KNOB_STEPS, exploration };
}

/** @returns uniform numbers in [0, 1) (mulberry32): the same seed gives the same ones wherever it is asked */
function uniformsFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A list as its seed draws it. */
export type Drawn = {
	readonly isExplored: boolean;
	/** Rank of what stands at each place, length `places`. */
	readonly ranks: readonly number[];
};

/** The first number of the seed says whether the answer is explored, the next ones draw its places without replacement. */
export function drawnFrom(seed: number, { share, keep, places, reserve }: Omit<Exploration, "pinned">): Drawn {
	const next = uniformsFrom(seed);
	const isExplored = next() < share;
	const ranks = Array.from({ length: Math.max(places, keep + reserve) }, (_, rank) => rank);
	if (isExplored) {
		for (let place = keep; place < places; place++) {
			const from = place + Math.floor(next() * (keep + reserve - place));
			[ranks[place], ranks[from]] = [ranks[from] as number, ranks[place] as number];
		}
	}
	return { isExplored, ranks: ranks.slice(0, places) };
}

/** Chance, over all seeds, that what has this rank stands at this place. */
export function propensityOf({ share, keep, reserve }: Exploration, place: number, rank: number): number {
	const unexplored = rank === place ? 1 : 0;
	if (place < keep) return unexplored;
	const drawn = rank >= keep && rank < keep + reserve ? 1 / reserve : 0;
	return (1 - share) * unexplored + share * drawn;
}

/** Place without the pinned products of each place of the whole list; -1 where one is pinned. */
export function placesWithoutPins({ places, pinned }: Pick<Exploration, "places" | "pinned">): number[] {
	const taken = new Set(pinned);
	let next = 0;
	return Array.from({ length: places + pinned.length }, (_, place) => (taken.has(place) ? -1 : next++));
}
