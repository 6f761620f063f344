import { analyse, LANGUAGES } from "../../text/analyse.ts";
import type { QueryWord } from "../../text/query.ts";
import { wordCount } from "../../text/relevance.ts";
import type { Found, Hit } from "./find.ts";
import type { Segment } from "./segment.ts";

/**
 * Where no product has all words of a query, of those that have most of them the ones in a category that the query names
 * come first: who looks for red shoes and finds none would rather see other shoes than other red things. Else the order
 * stays.
 */
export function kindFirst({ hits, query, most }: Found): readonly Hit[] {
	if (most === 0 || most === query.length) return hits;
	const named = new Map<Segment, Map<number, boolean>>();
	const isNamed = ({ segment, row, words }: Hit): boolean => {
		if (wordCount(words) < most) return false;
		const code = segment.columns.category[row] as number;
		const known = named.get(segment) ?? new Map<number, boolean>();
		named.set(segment, known);
		const before = known.get(code);
		if (before !== undefined) return before;
		const is = namesCategory(segment.codes.categoryName(code), query);
		known.set(code, is);
		return is;
	};
	const kind = hits.filter(isNamed);
	return kind.length === 0 || kind.length === hits.length ? hits : [...kind, ...hits.filter((hit) => !isNamed(hit))];
}

/** Whether a word of the query, as it stands or as it was most likely meant, is one of the category's name. */
function namesCategory(category: string | null, query: readonly QueryWord[]): boolean {
	if (category === null) return false;
	const terms = new Set(LANGUAGES.flatMap((language) => analyse(category, language).map(({ term }) => term)));
	return query.some(({ ways }) => {
		const asTyped = ways.filter(({ edits }) => edits === 0);
		return (asTyped.length > 0 ? asTyped : ways.slice(0, 1)).some((way) => way.terms.every((term) => terms.has(term)));
	});
}
