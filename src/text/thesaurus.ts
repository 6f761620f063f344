import type { Synonym } from "../contract/synonym.ts";
import { analyse, LANGUAGES } from "./analyse.ts";

/** A stretch of a query that the shop has synonyms for: UTF-16 units, end excluded. */
export type Meant = { readonly start: number; readonly end: number; readonly phrases: readonly string[] };

/** A shop's synonyms, ready to be looked up. */
export interface Thesaurus {
	/** Stretches of a text that are phrases of the shop's, however they are inflected, with what they mean beside themselves. */
	meantBy(text: string): Meant[];
}

/** A word, or a character of Han or kana, by its stem in each language. */
type Token = { readonly stems: readonly string[]; readonly start: number; readonly end: number };
type Entry = { readonly tokens: readonly Token[]; readonly phrases: readonly string[] };

export function createThesaurus(synonyms: readonly Synonym[]): Thesaurus {
	/** By each stem of the first token. */
	const entries = new Map<string, Entry[]>();
	for (const { typed, phrases } of synonyms.flatMap(directionsOf)) {
		const entry = { tokens: tokensOf(typed), phrases };
		for (const stem of new Set(entry.tokens[0]?.stems)) entries.set(stem, [...(entries.get(stem) ?? []), entry]);
	}
	return {
		meantBy(text) {
			if (entries.size === 0) return [];
			const tokens = tokensOf(text);
			return tokens.flatMap((token, at) => {
				const beginning = new Set(token.stems.flatMap((stem) => entries.get(stem) ?? []));
				return [...beginning]
					.filter((entry) => stands(entry, tokens, at))
					.map(({ tokens: { length }, phrases }) => ({ start: token.start, end: (tokens[at + length - 1] as Token).end, phrases }));
			});
		},
	};
}

/** What may be typed, each with what is looked for beside it. */
function directionsOf(synonym: Synonym): { readonly typed: string; readonly phrases: readonly string[] }[] {
	if (synonym.kind === "one-way") return [{ typed: synonym.from, phrases: synonym.to }];
	return synonym.phrases.map((typed) => ({ typed, phrases: synonym.phrases.filter((phrase) => phrase !== typed) }));
}

/** Words agree where one language stems them alike. */
const stands = ({ tokens }: Entry, text: readonly Token[], at: number): boolean =>
	tokens.every(({ stems }, k) => stems.some((stem, language) => text[at + k]?.stems[language] === stem));

/** Terms that do not overlap: whole words, not their parts; characters, not their pairs. */
function tokensOf(text: string): Token[] {
	const byLanguage = LANGUAGES.map((language) => {
		let last = 0;
		return analyse(text, language).filter(({ start, end }) => {
			if (start < last) return false;
			last = end;
			return true;
		});
	});
	const [first = []] = byLanguage;
	return first.map(({ start, end }, n) => ({ start, end, stems: byLanguage.map((terms) => terms[n]?.term ?? "") }));
}
