import { type Exploration, placesWithoutPins } from "../../src/contract/policy.ts";
import type { OfferedAnswer } from "./offered.ts";

/** A place in the whole list and among those that are not pinned, from 0. */
export type SeenPlace = { readonly position: number; readonly place: number };

/** A place of an answer that was seen and could have held another product. */
export type JudgedPlace = {
	readonly cluster: string;
	/** Place in the whole list, from 0. */
	readonly position: number;
	readonly shown: string;
	/** What the candidate puts there; null: its list is too short. */
	readonly wanted: string | null;
	readonly reward: 0 | 1;
	/** The product that the candidate wants here, where it was seen on any of these places of the answer; null: nowhere. */
	readonly found: {
		readonly position: number;
		readonly reward: 0 | 1;
		/** In the logging policy's order. */
		readonly rank: number;
	} | null;
	/** How the answer was drawn, and its places that were seen and could have held another product, this one among them. */
	readonly exploration: Exploration;
	readonly among: readonly SeenPlace[];
	/** Places in the candidate's order of what was shown and of what it wants; null: it has no place. */
	readonly shownRank: number | null;
	readonly wantedRank: number;
	/**
	 * In explored answers: 1 over the chance that what the candidate wants was seen at all, were it in the reserve, where it
	 * was seen; 0 where it was not. Its mean is the share of places at which the log can speak of the candidate. Null in others.
	 */
	readonly support: number | null;
};

/**
 * Lays a candidate's list over an answer. Pinned and kept places stay as they were; the candidate fills the others in
 * its order, without what stands at those.
 * @param list ids, best first, longer than the answer where there are more
 * @returns null where a place that stays was not seen: what stood there is in no log
 */
export function judgeAnswer(answer: OfferedAnswer, list: readonly string[]): JudgedPlace[] | null {
	const { cluster, drawn, seen, policy } = answer;
	const { exploration } = policy;
	const own = placesWithoutPins(exploration);
	const itemAt = new Map(seen.map((each) => [each.position, each]));
	const stays = [...own.keys()].filter((position) => (own[position] as number) < exploration.keep);
	if (stays.some((position) => !itemAt.has(position))) return null;
	const standing = new Set(stays.map((position) => itemAt.get(position)?.item));
	const wanted = list.filter((id) => !standing.has(id));
	const rankOf = new Map(wanted.map((id, rank) => [id, rank]));
	const free = [...own.keys()].filter((position) => (own[position] as number) >= exploration.keep);
	const judged = free.flatMap((position, rank) => {
		const there = itemAt.get(position);
		return there === undefined ? [] : [{ ...there, rank, place: own[position] as number }];
	});
	const among = judged.map((each): SeenPlace => ({ position: each.position, place: each.place }));
	const foundAt = new Map(judged.map((each) => [each.item, each]));
	return judged.map(({ position, item, isRewarded, rank }) => {
		const wants = wanted[rank] ?? null;
		const found = wants === null ? undefined : foundAt.get(wants);
		return {
			cluster,
			position,
			shown: item,
			wanted: wants,
			reward: isRewarded ? 1 : 0,
			found:
				found === undefined
					? null
					: { position: found.position, reward: found.isRewarded ? 1 : 0, rank: drawn.ranks[found.place] as number },
			exploration,
			among,
			shownRank: rankOf.get(item) ?? null,
			wantedRank: rank,
			support: drawn.isExplored ? (found === undefined ? 0 : exploration.reserve / foundAt.size) : null,
		};
	});
}
