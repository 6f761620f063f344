import type { RecommendedItem, RuleEffect } from "../contract/recommendation.ts";
import { codeFilter, passesRow } from "../rank/filter-rows.ts";
import { liftEffect, pinReason, type RulesInForce, withRules } from "../rank/rules.ts";
import type { Explained } from "./explain.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";
import { maskVariants } from "./prepare-mask.ts";

/** What rules add to the score of a row. */
export type Lift = (row: number) => number;

/** A product that a rule put at a place, 1 the first. */
export type PinnedRow = { readonly row: number; readonly rule: string; readonly place: number };

/** @returns null where no rule lifts anything */
export function liftOf(release: OverlaidRelease, { lifts }: RulesInForce): Lift | null {
	if (lifts.length === 0) return null;
	const coded = lifts.map(({ filter, by }) => ({ filter: codeFilter(filter, release.codes), by }));
	return (row) => {
		const [table, at] = release.locate(row);
		return coded.reduce((sum, { filter, by }) => (passesRow(table, at, filter) ? sum + by : sum), 0);
	};
}

/** What the lifts of each rule did to a row. */
export function effectsOf(release: OverlaidRelease, { lifts }: RulesInForce): (row: number) => RuleEffect[] {
	const coded = lifts.map(({ rule, filter, by }) => ({ effect: liftEffect(rule, by), filter: codeFilter(filter, release.codes) }));
	return (row) => {
		const [table, at] = release.locate(row);
		return coded.flatMap(({ effect, filter }) => (passesRow(table, at, filter) ? [effect] : []));
	};
}

/** The rows of a list without scores: those that gain first, those that lose last, else in their order. */
export function lifted(rows: readonly number[], lift: Lift | null): readonly number[] {
	if (lift === null) return rows;
	const lifts = new Map(rows.map((row) => [row, lift(row)]));
	return rows.toSorted((a, b) => (lifts.get(b) as number) - (lifts.get(a) as number));
}

/** Products that are pinned to the first `limit` places and that the tables' masks, which must be made, let be shown; each once, no two at one place. */
export function pinnedRows(release: OverlaidRelease, { pins }: RulesInForce, limit: number): PinnedRow[] {
	const taken = new Set<number>();
	const rows: PinnedRow[] = [];
	let next = 1;
	for (const { rule, items, place } of pins) {
		next = Math.max(next, place);
		for (const item of items) {
			const row = release.rowOf(item);
			if (next > limit || row === -1 || taken.has(row) || release.isMasked(row)) continue;
			taken.add(row);
			rows.push({ row, rule, place: next++ });
		}
	}
	return rows;
}

/** Takes pinned products out of what is ranked, with their variants. */
export function maskPinned(release: OverlaidRelease, pinned: readonly PinnedRow[]): void {
	if (pinned.length === 0) return;
	for (const { row } of pinned) release.mask(row);
	maskVariants(
		release,
		pinned.map(({ row }) => row),
	);
}

/** What rules did is told beside what the parts did. */
export const withEffects = ({ reason, contributions }: Explained, effects: RuleEffect[]): Pick<RecommendedItem, keyof Explained> => ({
	reason: withRules(reason, effects),
	contributions: effects.length === 0 ? contributions : { ...contributions, rules: sumOf(effects) },
});

const sumOf = (effects: readonly RuleEffect[]): number => effects.reduce((sum, effect) => sum + ("by" in effect ? effect.by : 0), 0);

/** Pinned rows as items; no score speaks for them. */
export const pinnedItems = (release: OverlaidRelease, pinned: readonly PinnedRow[], explains: boolean) =>
	pinned.map(({ row, rule, place }) => ({
		place,
		value: { id: release.idOf(row), score: 0, ...(explains && { reason: pinReason(rule, place) }) } satisfies RecommendedItem,
	}));

/** The rules as an answer names them; nothing where none is in force. */
export const named = ({ ids }: RulesInForce): { readonly rules?: string[] } => (ids.length === 0 ? {} : { rules: [...ids] });
