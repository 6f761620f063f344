import type { NamedRule, Rule } from "../../src/contract/rule.ts";

/** A rule as the form's controls hold it: all texts. */
export type RuleInput = {
	readonly kind: string;
	readonly surface: string;
	/** As `datetime-local` has them, UTC; empty: open. */
	readonly from: string;
	readonly until: string;
	readonly enabled: boolean;
	readonly note: string;
	/** Ids or categories, by commas or lines. */
	readonly items: string;
	readonly place: string;
	readonly category: string;
	readonly priceFrom: string;
	readonly priceTo: string;
	/** Lines `name: value, value`. */
	readonly attributes: string;
	readonly by: string;
};

const listed = (text: string): string[] =>
	text
		.split(/[,\n]/)
		.map((word) => word.trim())
		.filter((word) => word !== "");

const secondsOf = (text: string): number | null => (text === "" ? null : Math.floor(Date.parse(`${text}Z`) / 1000));
/** As a `datetime-local` control takes it, UTC. */
const textOf = (seconds: number | null): string => (seconds === null ? "" : new Date(seconds * 1000).toISOString().slice(0, 16));

/** The rule that the controls say; whether it is a good one the server decides. */
export function ruleOf(input: RuleInput): Rule {
	const { surface, from, until, enabled, note } = input;
	return {
		surface: surface.trim() || null,
		from: secondsOf(from),
		until: secondsOf(until),
		enabled,
		note: note.trim(),
		action: actionOf(input),
	};
}

function actionOf({ kind, items, place, category, priceFrom, priceTo, attributes, by }: RuleInput): Rule["action"] {
	if (kind === "pin") return { kind, items: listed(items), place: Number(place) };
	const price = { ...(priceFrom !== "" && { gte: Number(priceFrom) }), ...(priceTo !== "" && { lte: Number(priceTo) }) };
	const pairs = attributes
		.split("\n")
		.map((line) => line.split(/:(.*)/s, 2) as [string, string?])
		.map(([name, values = ""]) => [name.trim(), listed(values)] as const)
		.filter(([name]) => name !== "");
	const filter = {
		...(listed(category).length > 0 && { category: listed(category) }),
		...(Object.keys(price).length > 0 && { price }),
		...(pairs.length > 0 && { attributes: Object.fromEntries(pairs) }),
	};
	return kind === "filter" ? { kind, filter } : { kind: kind === "bury" ? "bury" : "boost", filter, by: Number(by) };
}

/** What the controls hold for a rule; for none, a pin in the first place. */
export function inputOf(rule: NamedRule | null): RuleInput {
	const action = rule?.action;
	const filter = action !== undefined && action.kind !== "pin" ? action.filter : {};
	return {
		kind: action?.kind ?? "pin",
		surface: rule?.surface ?? "",
		from: textOf(rule?.from ?? null),
		until: textOf(rule?.until ?? null),
		enabled: rule?.enabled ?? true,
		note: rule?.note ?? "",
		items: action?.kind === "pin" ? action.items.join("\n") : "",
		place: String(action?.kind === "pin" ? action.place : 1),
		category: filter.category?.join(", ") ?? "",
		priceFrom: String(filter.price?.gte ?? ""),
		priceTo: String(filter.price?.lte ?? ""),
		attributes: Object.entries(filter.attributes ?? {})
			.map(([name, values]) => `${name}: ${values.join(", ")}`)
			.join("\n"),
		by: String(action?.kind === "boost" || action?.kind === "bury" ? action.by : 2),
	};
}
