import type { Reason, RuleEffect } from "../../contract/recommendation.ts";
import { codeFilter, passesRow } from "../../rank/filter-rows.ts";
import { liftEffect, pinReason, type RulesInForce, withPins, withRules } from "../../rank/rules.ts";
import { type Hit, idOf } from "./find.ts";
import { oneEach, type Products } from "./products.ts";

export type RuledHits = {
	readonly hits: readonly Hit[];
	/** A hit's reason with what rules did to it; the rule itself where it was pinned. */
	readonly tell: (hit: Hit, reason: Reason) => Reason;
};

/** Hits that no rule has moved. */
export const unruled = (hits: readonly Hit[]): RuledHits => ({ hits, tell: (_, reason) => reason });

/**
 * The shop's rules over what a search found. Lifted products come first among those that have as many words of the query,
 * buried ones last; a pinned product moves to its place where it is among these, since no rule makes a product fit a query.
 * Of each product one variant stays: the one that is pinned, else the first.
 * @param hits in order
 * @param isFull whether a hit has the most words
 */
export function ruleHits(
	hits: readonly Hit[],
	isFull: (hit: Hit) => boolean,
	{ lifts, pins }: RulesInForce,
	products: Products,
): RuledHits {
	if (lifts.length === 0 && pins.length === 0) return unruled(oneEach(hits, products));
	const fitting = hits.filter(isFull);
	const effectsOf = hitEffects(fitting, lifts);
	const liftBy = new Map(fitting.map((hit) => [hit, effectsOf(hit).reduce((sum, { by }) => sum + by, 0)]));
	const lifted = fitting.toSorted((a, b) => (liftBy.get(b) as number) - (liftBy.get(a) as number));
	const byId = new Map(lifted.map((hit) => [idOf(hit), hit]));
	const pinned: { place: number; value: Hit }[] = [];
	const pinnedBy = new Map<Hit, Reason>();
	const taken = new Set<number>();
	let next = 1;
	for (const { rule, items, place } of pins) {
		next = Math.max(next, place);
		for (const item of items) {
			const value = byId.get(item);
			if (value === undefined || taken.has(products.of(value))) continue;
			taken.add(products.of(value));
			pinnedBy.set(value, pinReason(rule, next));
			pinned.push({ place: next++, value });
		}
	}
	const unpinned = oneEach(lifted, products, taken);
	const others = oneEach(
		hits.filter((hit) => !isFull(hit)),
		products,
		taken,
	);
	return {
		hits: [...withPins(unpinned, pinned, unpinned.length + pinned.length), ...others],
		tell: (hit, reason) => pinnedBy.get(hit) ?? (liftBy.has(hit) ? withRules(reason, effectsOf(hit)) : reason),
	};
}

type LiftEffect = Extract<RuleEffect, { by: number }>;

/** What rules add to a hit. Filters are read once a segment: a query may have every product as a hit, and a shop many rules. */
function hitEffects(hits: readonly Hit[], lifts: RulesInForce["lifts"]): (hit: Hit) => LiftEffect[] {
	const bySegment = new Map(
		[...new Set(hits.map(({ segment }) => segment))].map((segment) => [
			segment,
			lifts.map(({ rule, filter, by }) => ({ effect: liftEffect(rule, by), filter: codeFilter(filter, segment.codes) })),
		]),
	);
	return ({ segment, row }) =>
		(bySegment.get(segment) ?? []).flatMap(({ effect, filter }) => (passesRow(segment.columns, row, filter) ? [effect] : []));
}
