import { analyse, languageOf } from "./analyse.ts";

/** Stretches of a text, as UTF-16 units from and to (excluded), ascending and apart. */
export type Marks = readonly (readonly [from: number, to: number])[];

/** Marks what of a text a query found. @param terms that the query was matched by */
export function highlight(text: string, terms: ReadonlySet<string>): Marks {
	const marks: [number, number][] = [];
	for (const { term, start, end } of analyse(text, languageOf(text))) {
		if (!terms.has(term)) continue;
		const last = marks.at(-1);
		if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
		else marks.push([start, end]);
	}
	return marks;
}
