import type { VisitorKey } from "../contract/context.ts";
import type { CrowdValue } from "../contract/crowd.ts";
import type { LogLine } from "../contract/event.ts";
import { crowdValuesOf } from "../privacy/crowd.ts";
import { markOf, valueKeyOf } from "../privacy/mark.ts";
import type { Salt } from "../privacy/ports.ts";
import type { CrowdMark } from "./ports.ts";

export type CrowdMarkPorts = {
	/** Categories of those of the items that the catalogue has; null: it has none. */
	readonly categoriesOf: (items: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;
	/** The salt of a line's day; null once it is gone, and then the line speaks for no value. */
	readonly saltOf: (receivedAt: number) => Promise<Salt | null>;
};

/**
 * Who speaks for which value about people, from lines of the log: each visitor once a value and day, however many events
 * there were. Bots, and senders of whom no key could be made, speak for nothing; so does what the catalogue does not have.
 */
export async function crowdMarksOf(lines: readonly LogLine[], { categoriesOf, saltOf }: CrowdMarkPorts): Promise<CrowdMark[]> {
	const speaking = lines.filter(({ visitor, context }) => visitor !== undefined && context.device !== "bot");
	if (speaking.length === 0) return [];
	const categories = await categoriesOf(speaking.flatMap(({ item }) => (item === null ? [] : [item])));
	const marks = new Map<string, { readonly day: number; readonly visitor: VisitorKey; readonly value: CrowdValue }>();
	for (const { type, item, query, context, visitor, receivedAt } of speaking) {
		const known = item !== null && categories.has(item) ? item : null;
		const day = Math.floor(receivedAt / 86_400);
		for (const value of crowdValuesOf(type, known, (known === null ? null : categories.get(known)) ?? null, context, query))
			marks.set(JSON.stringify([day, visitor, value.kind, value.name]), { day, visitor: visitor as VisitorKey, value });
	}
	const salts = new Map<number, Salt | null>();
	for (const { day } of marks.values()) if (!salts.has(day)) salts.set(day, await saltOf(day * 86_400));
	const valueKeys = new Map<string, Promise<string>>();
	const made = [...marks.values()].map(async ({ day, visitor, value }): Promise<CrowdMark[]> => {
		const salt = salts.get(day) ?? null;
		if (salt === null) return [];
		const name = JSON.stringify([day, value.kind, value.name]);
		const valueKey = valueKeys.get(name) ?? valueKeyOf(salt, value);
		valueKeys.set(name, valueKey);
		return [{ day: day * 86_400, value, valueKey: await valueKey, mark: await markOf(visitor, value) }];
	});
	return (await Promise.all(made)).flat();
}
