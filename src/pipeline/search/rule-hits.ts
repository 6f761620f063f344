import { codeFilter, passesRow } from "../../rank/filter-rows.ts";
import { type RulesInForce, withPins } from "../../rank/rules.ts";
import { type Hit, idOf } from "./find.ts";

/**
 * The shop's rules over what a search found. Lifted products come first among those that have as many words of the query,
 * buried ones last; a pinned product moves to its place where it is among these, since no rule makes a product fit a query.
 * @param hits in order
 * @param full hits with the most words, in any order
 */
export function ruleHits(hits: readonly Hit[], full: readonly Hit[], { lifts, pins }: RulesInForce): readonly Hit[] {
	if (lifts.length === 0 && pins.length === 0) return hits;
	const isFull = new Set(full);
	const fitting = hits.filter((hit) => isFull.has(hit));
	const liftOf = hitLift(fitting, lifts);
	const liftBy = new Map(fitting.map((hit) => [hit, liftOf(hit)]));
	const lifted = fitting.toSorted((a, b) => (liftBy.get(b) as number) - (liftBy.get(a) as number));
	const byId = new Map(lifted.map((hit) => [idOf(hit), hit]));
	const pinned: { place: number; value: Hit }[] = [];
	let next = 1;
	for (const { items, place } of pins) {
		next = Math.max(next, place);
		for (const item of items) {
			const value = byId.get(item);
			if (value === undefined) continue;
			byId.delete(item);
			pinned.push({ place: next++, value });
		}
	}
	const unpinned = lifted.filter((hit) => byId.has(idOf(hit)));
	return [...withPins(unpinned, pinned, lifted.length), ...hits.filter((hit) => !isFull.has(hit))];
}

/** What rules add to a hit. Filters are read once a segment: a query may have every product as a hit, and a shop many rules. */
function hitLift(hits: readonly Hit[], lifts: RulesInForce["lifts"]): (hit: Hit) => number {
	const bySegment = new Map(
		[...new Set(hits.map(({ segment }) => segment))].map((segment) => [
			segment,
			lifts.map(({ filter, by }) => ({ filter: codeFilter(filter, segment.codes), by })),
		]),
	);
	return ({ segment, row }) =>
		(bySegment.get(segment) ?? []).reduce((sum, { filter, by }) => (passesRow(segment.columns, row, filter) ? sum + by : sum), 0);
}
