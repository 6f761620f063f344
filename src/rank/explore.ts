import { drawnFrom, type Exploration } from "../contract/policy.ts";

/** Ranks that a list's places may be drawn from, for each place: the list itself and as many behind it. */
export const RANKS_PER_PLACE = 2;

/** How a shop explores on a surface. */
export type ExploredSurface = {
	/** Chance that an answer is explored, (0, 1]. */
	readonly share: number;
	/** First places that stay as they are. */
	readonly keep: number;
};

/** What one answer may do on an exploring surface. */
export type Exploring = ExploredSurface & {
	/** Unsigned 32 bit, as the recommendation id will state it; null: nothing may be logged, and so nothing is drawn. */
	readonly seed: number | null;
};

/**
 * Draws the places of a list.
 * @param ranked length of the ranked list, pinned products left out
 * @param pinned places that pinned products take of the whole list, ascending
 * @returns the rank at each place without pins, and how it was drawn; null where nothing is: the first ranks in order
 */
export function explore(
	{ share, keep, seed }: Exploring,
	ranked: number,
	pinned: readonly number[],
	limit: number,
): { readonly ranks: readonly number[]; readonly exploration: Exploration } | null {
	const kept = Math.max(0, keep - pinned.filter((place) => place < keep).length);
	const places = Math.min(limit - pinned.length, ranked);
	const reserve = Math.min(RANKS_PER_PLACE * limit, ranked) - kept;
	if (seed === null || places <= kept || reserve < 2) return null;
	const exploration = { share, keep: kept, places, reserve, pinned };
	return { ranks: drawnFrom(seed, exploration).ranks, exploration };
}
