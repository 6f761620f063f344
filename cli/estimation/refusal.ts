import type { Estimates } from "./estimates.ts";
import type { IdTally, OfferedAnswer } from "./offered.ts";

/** Share of ids that may be forged before the log counts as altered, or as another Worker's. */
const FORGED_MAX = 0.01;
/** Fewest clusters of equal weight by which an interval keeps what it promises (`bench/results/off-policy.json`). */
export const EFFECTIVE_MIN = 100;
/** Least share of places at which the log must be able to speak of the candidate. */
export const SUPPORT_MIN = 0.95;

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** @returns why nothing can be estimated from what was offered; null: it may be tried */
export function refusalOfLog(answers: readonly OfferedAnswer[], tally: IdTally, surface: string): string | null {
	const { ids, forged, elsewhere, undrawn } = tally;
	if (ids === 0) return "no event of the log bears a recommendation id";
	if (forged > FORGED_MAX * ids) {
		return `${forged} of ${ids} recommendation ids were not signed by this Worker: the log was altered or is another's, or SIGNING_KEY was changed`;
	}
	if (answers.length === 0) {
		if (elsewhere === ids - forged) return `no answer of the log is of the surface "${surface}" and the time asked for`;
		if (undrawn > 0) return `no answer of "${surface}" could have been drawn: EXPLORE was empty for it`;
		return `no product of an answer of "${surface}" was seen: impressions must bear recommendationId, item and position`;
	}
	if (!answers.some(({ drawn }) => drawn.isExplored)) {
		return `none of the ${answers.length} answers was explored: there is nothing to learn about other orders yet`;
	}
	return null;
}

/** @returns why the figures are no estimate; null: they are one */
export function refusalOfEstimates({ effective, support, places }: Estimates): string | null {
	if (places === 0) return "no place that could have held another product was seen";
	if (Number.isNaN(support.value)) return "no place of an explored answer was seen";
	if (support.upper < SUPPORT_MIN) {
		return `the candidate puts ${percent(1 - support.value)} of its products where the logging policy never would (at least ${percent(1 - support.upper)}): of those the log says nothing`;
	}
	if (effective < EFFECTIVE_MIN) {
		return `what the log says of the candidate weighs as much as ${Math.floor(effective)} visitor-days of equal weight, and ${EFFECTIVE_MIN} are needed: explore more, or wait`;
	}
	return null;
}
