import type { EventType, Report, ShopEvent } from "../contract/event.ts";
import { respond } from "../privacy/randomised-response.ts";
import type { LocalReporting, Witness } from "./ports.ts";

/** Event types that say a visitor took an interest in a category. */
const INTERESTS: readonly EventType[] = ["view", "click", "cart", "purchase"];

/**
 * One report in place of a visitor's events: the category of the first interest among them, through the channel. The
 * consumer counts one a visitor and day, whichever comes first.
 * @returns null when there is nothing to report, or nobody to count it by
 */
export async function reportOf(
	events: readonly ShopEvent[],
	{ visitor, context }: Witness,
	now: number,
	{ domain, categoriesOf, draw }: LocalReporting,
): Promise<Report | null> {
	const items = events.filter(({ type }) => INTERESTS.includes(type)).flatMap(({ item }) => (item === null ? [] : [item]));
	if (visitor === null || context.device === "bot" || items.length === 0) return null;
	const categoryOf = await categoriesOf(items);
	const first = items.find((item) => categoryOf.has(item));
	if (first === undefined) return null;
	const { id, categories, channel } = await domain(now);
	const place = categories.indexOf(categoryOf.get(first) ?? null);
	const values = respond(channel, place === -1 ? categories.length - 1 : place, draw);
	return { visitor, receivedAt: now, domain: id, values };
}
