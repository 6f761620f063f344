import type { Filter, Reason, RuleEffect } from "../contract/recommendation.ts";
import type { NamedRule, RuleAction } from "../contract/rule.ts";

type Action<K extends RuleAction["kind"]> = Extract<RuleAction, { kind: K }>;

/** The rules of one surface at one time. */
export type RulesInForce = {
	/** In the order of their ids. */
	readonly ids: readonly string[];
	readonly filters: readonly Action<"filter">["filter"][];
	/** `by` is negative where products are buried. */
	readonly lifts: readonly { readonly rule: string; readonly filter: Action<"boost">["filter"]; readonly by: number }[];
	/** By place; of one place the lower id first. */
	readonly pins: readonly { readonly rule: string; readonly items: readonly string[]; readonly place: number }[];
};

export const NO_RULES: RulesInForce = { ids: [], filters: [], lifts: [], pins: [] };

/** @param now unix seconds */
export function rulesInForce(rules: readonly NamedRule[], surface: string, now: number): RulesInForce {
	const chosen = rules.filter(
		(rule) =>
			rule.enabled &&
			(rule.surface === null || rule.surface === surface) &&
			(rule.from === null || now >= rule.from) &&
			(rule.until === null || now < rule.until),
	);
	if (chosen.length === 0) return NO_RULES;
	const ordered = chosen.toSorted((a, b) => (a.id < b.id ? -1 : 1));
	return {
		ids: ordered.map(({ id }) => id),
		filters: ordered.flatMap(({ action }) => (action.kind === "filter" ? [action.filter] : [])),
		lifts: ordered.flatMap(({ id, action }) => {
			if (action.kind !== "boost" && action.kind !== "bury") return [];
			return [{ rule: id, filter: action.filter, by: action.kind === "boost" ? action.by : -action.by }];
		}),
		pins: ordered
			.flatMap(({ id, action }) => (action.kind === "pin" ? [{ rule: id, items: action.items, place: action.place }] : []))
			.sort((a, b) => a.place - b.place),
	};
}

/** What passes the request's filter and all of the rules'. A list of values that is left empty lets nothing pass. */
export function narrowed(filter: Filter, { filters }: Pick<RulesInForce, "filters">): Filter {
	let passing = filter;
	for (const next of filters) {
		// A Map: an attribute may be called as something that every object inherits, such as "__proto__".
		const attributes = new Map(Object.entries(passing.attributes ?? {}));
		for (const [name, values] of Object.entries(next.attributes ?? {})) attributes.set(name, common(attributes.get(name), values) ?? []);
		passing = {
			...passing,
			...given("category", common(passing.category, next.category)),
			...given("price", tighter(passing.price, next.price)),
			...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
		};
	}
	return passing;
}

const given = <K extends string, T>(key: K, value: T | undefined) => (value === undefined ? {} : { [key]: value });

function common(one: readonly string[] | undefined, other: readonly string[] | undefined): string[] | undefined {
	if (one === undefined || other === undefined) return (one ?? other)?.slice();
	return one.filter((value) => other.includes(value));
}

function tighter(one: Filter["price"], other: Filter["price"]): Filter["price"] {
	if (one === undefined || other === undefined) return one ?? other;
	const gte = Math.max(one.gte ?? 0, other.gte ?? 0);
	const lte = Math.min(one.lte ?? Number.POSITIVE_INFINITY, other.lte ?? Number.POSITIVE_INFINITY);
	return { gte, ...(Number.isFinite(lte) && { lte }) };
}

/**
 * Puts what is pinned into its places; where a list is too short for its place, at the end.
 * @param pins by place, 1 the first; none of them is in the list
 */
export function withPins<T>(list: readonly T[], pins: readonly { readonly place: number; readonly value: T }[], limit: number): T[] {
	const pinned = [...list];
	for (const { place, value } of pins) pinned.splice(place - 1, 0, value);
	return pinned.slice(0, limit);
}

/** What a rule's lift is told as. */
export const liftEffect = (rule: string, by: number): Extract<RuleEffect, { by: number }> => ({
	kind: by > 0 ? "boost" : "bury",
	rule,
	by,
});

/** The reason of a product that a rule put in its place. */
export const pinReason = (rule: string, place: number): Reason => ({ kind: "rule", rule, rules: [{ kind: "pin", rule, place }] });

/** A reason with what rules did beside it. */
export const withRules = (reason: Reason, rules: RuleEffect[]): Reason => (rules.length === 0 ? reason : { ...reason, rules });
