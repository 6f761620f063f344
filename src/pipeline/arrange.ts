import type { Exploration } from "../contract/policy.ts";
import type { RecommendationRequest } from "../contract/recommendation.ts";
import { varied, windowFor } from "../rank/diversity.ts";
import { type Exploring, explore, RANKS_PER_PLACE } from "../rank/explore.ts";
import { withPins } from "../rank/rules.ts";
import type { PinnedRow } from "./apply-rules.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import type { RankedRows } from "./rank-candidates.ts";

type Wishes = Pick<RecommendationRequest, "limit" | "diversity" | "novelty">;

export type Arranged = {
	/** Places in the ranked rows, in the order in which they are shown; pinned products are left out. */
	readonly entries: readonly number[];
	/** Absent: the list is the ranked one. */
	readonly exploration?: Exploration;
};

/** Products that are to be ranked, pinned ones left out, so that `arrange` has what it needs. */
export const rankedFor = (request: Wishes, exploring: Exploring | null): number => windowFor(request, placesFor(request, exploring));

const placesFor = ({ limit }: Wishes, exploring: Exploring | null): number => (exploring === null ? limit : RANKS_PER_PLACE * limit);

/**
 * What stands at each place of a list: the ranked rows, varied where the request wishes so, and drawn where the surface
 * explores. The first rows of a longer ranking are those of a shorter one, so that who is not explored sees what all see.
 */
export function arrange(
	release: OverlaidRelease,
	request: Wishes,
	ranked: RankedRows,
	pinned: readonly PinnedRow[],
	exploring: Exploring | null,
): Arranged {
	const { limit } = request;
	const ordered = order(release, request, ranked, placesFor(request, exploring));
	if (exploring === null) return { entries: ordered.slice(0, limit) };
	const drawn = explore(exploring, ordered.length, placesOf(pinned, ordered.length, limit), limit);
	if (drawn === null) return { entries: ordered.slice(0, limit) };
	return { entries: drawn.ranks.map((rank) => ordered[rank] as number), exploration: drawn.exploration };
}

/** What was no candidate stays behind what was. */
function order(release: OverlaidRelease, request: Wishes, { rows, scores, scored }: RankedRows, places: number): number[] {
	const all = Array.from(rows, (_, entry) => entry).slice(0, places);
	if (request.diversity === 0 && request.novelty === 0) return all;
	const window = rows.subarray(0, scored);
	const popularity = Array.from(window, (row) => release.popularityOf(row));
	const chosen = varied(request, scores.subarray(0, scored), popularity, directionsOf(release, window), places);
	return [...chosen, ...Array.from(rows.subarray(scored), (_, n) => scored + n)].slice(0, places);
}

/** Vectors of length 1: the length of an item's own tells how often it is taken, not what it is. */
function directionsOf(release: OverlaidRelease, rows: Int32Array): Float32Array {
	const { dim } = release.loaded.items;
	const vectors = new Float32Array(rows.length * dim);
	for (const [n, row] of rows.entries()) {
		release.writeVector(row, vectors, n * dim);
		const vector = vectors.subarray(n * dim, (n + 1) * dim);
		const length = Math.hypot(...vector);
		if (length > 0) for (let d = 0; d < dim; d++) vector[d] = (vector[d] as number) / length;
	}
	return vectors;
}

/** Places of the whole list, from 0, that the pinned products take. */
function placesOf(pinned: readonly PinnedRow[], ranked: number, limit: number): number[] {
	const pins = pinned.map(({ place }) => ({ place, value: true }));
	const whole = withPins(new Array<boolean>(Math.min(ranked, limit)).fill(false), pins, limit);
	return [...whole.entries()].flatMap(([place, isPinned]) => (isPinned ? [place] : []));
}
