import type { CoarseContext } from "../contract/context.ts";
import { type CrowdValue, FEATURES, type Feature } from "../contract/crowd.ts";
import type { EventType } from "../contract/event.ts";
import { countedQuery } from "./query-words.ts";

/** Event types that say a visitor took an interest in an item. */
const INTERESTS: readonly EventType[] = ["view", "click", "cart", "purchase"];

/** Known values of a context; "unknown" says nothing of anybody. */
export function featuresOf(context: CoarseContext): CrowdValue[] {
	return FEATURES.flatMap((kind) => {
		const name = context[kind];
		return name === undefined || name === "unknown" ? [] : [{ kind, name }];
	});
}

/**
 * All values that one event of a visitor speaks for.
 * @param item     id of the catalogue, null for any other
 * @param category of the item
 * @param query    as the log has it
 */
export function crowdValuesOf(
	type: EventType,
	item: string | null,
	category: string | null,
	context: CoarseContext,
	query: string | null = null,
): CrowdValue[] {
	const values: CrowdValue[] = [{ kind: "type", name: type }, ...featuresOf(context)];
	const counted = type === "search" && query !== null ? countedQuery(query) : null;
	if (counted !== null) values.push({ kind: "query", name: counted });
	if (item === null) return values;
	values.push({ kind: `item.${type}`, name: item });
	if (!INTERESTS.includes(type)) return values;
	values.push({ kind: "item", name: item });
	if (category !== null) values.push({ kind: "category", name: category });
	return values;
}

/**
 * A context in which each value stands only where it was released; else its parent does: of a country the region, of
 * all others nothing.
 */
export function generalise(context: CoarseContext, isReleased: (value: CrowdValue) => boolean): CoarseContext {
	const keep = <N extends string>(kind: Feature, name: N): N | "unknown" => (isReleased({ kind, name }) ? name : "unknown");
	const { country } = context;
	return {
		...(country !== undefined && isReleased({ kind: "country", name: country }) && { country }),
		region: keep("region", context.region),
		// A machine is nobody: training must be able to leave it out.
		device: context.device === "bot" ? "bot" : keep("device", context.device),
		daypart: keep("daypart", context.daypart),
		weekday: keep("weekday", context.weekday),
		referrer: keep("referrer", context.referrer),
	};
}
