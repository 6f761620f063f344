import { PARTS, type RecommendedItem } from "../contract/recommendation.ts";
import { contributionsOf, OWN, type PartWeights } from "../rank/fusion.ts";
import { liftingPart, reasonOf } from "../rank/reasons.ts";
import { linkWeight } from "../retrieve/neighbours.ts";
import type { KnownHistory } from "../sequence/history.ts";
import { knownWords } from "../text/text-vector.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { seenOffsets } from "./rank-candidates.ts";

const COUNTED = ["transitions", "similar", "bought"] as const;

/**
 * Reason and contributions of a ranked row. What the row adds by itself counts with the parts that it mends: its boost with
 * popularity, its place in the history with the transitions. Its candidate must still be in the scratch.
 */
export function explain(
	release: OverlaidRelease,
	row: number,
	history: KnownHistory,
	weights: PartWeights,
): Required<Pick<RecommendedItem, "reason" | "contributions">> {
	const { candidates } = release.scratch();
	const place = candidates.place(row);
	const contributions = contributionsOf(candidates.features, place, weights);
	if (weights[OWN] !== 0) {
		contributions.popular += release.boostOf(row);
		contributions.transitions += seenOffsets(release, history.rows).get(row) ?? 0;
	}
	const part = liftingPart(candidates.features, candidates.size, place, weights);
	return {
		reason: reasonOf(part, becauseOf(release, row, history.rows, weights), searchedBy(release, history)),
		contributions,
	};
}

/** The history item whose links to the row weigh most; null when none links to it. */
function becauseOf(release: OverlaidRelease, row: number, history: Int32Array, weights: PartWeights): string | null {
	const { fusion } = release.loaded;
	let best = -1;
	let most = 0;
	for (let age = 0; age < history.length; age++) {
		const from = history[history.length - 1 - age] as number;
		let links = 0;
		for (const part of COUNTED) {
			const table = release.loaded[part];
			const { tau, decay } = fusion[part];
			if (table === null || age >= decay.length) continue;
			links += (weights[PARTS.indexOf(part)] as number) * tau * (decay[age] as number) * linkWeight(table, from, row);
		}
		if (links > most) {
			most = links;
			best = from;
		}
	}
	return best === -1 ? null : release.idOf(best);
}

/** Words of the newest entry when it is a query; only words of the catalogue are ever repeated. */
function searchedBy({ loaded: { words } }: OverlaidRelease, { entries }: KnownHistory): string | null {
	const query = entries.at(-1)?.query ?? null;
	return query === null || words === null ? null : knownWords(words, query);
}
