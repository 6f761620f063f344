import { analyse, formOf, type Language, type Term, termOf } from "./analyse.ts";
import { completions, corrections, type Lexicon, LIKELIER, SURE_PRODUCTS } from "./correct.ts";
import type { Thesaurus } from "./thesaurus.ts";

/** One way to satisfy a word of a query: a product holds all of the terms. */
export type Way = {
	readonly terms: readonly string[];
	/** What a hit counts beside one of the word itself, (0, 1]. */
	readonly weight: number;
	/** Edits between what was typed and what is looked for. */
	readonly edits: number;
	/** What was put in the place of what was typed; null: nothing was. */
	readonly form: string | null;
	/** Products that it counts as held by, at least: a synonym that is rarer than what was typed is no better for it. */
	readonly holders: number;
};

/** A word of a query and the ways to satisfy it, the best of which counts. */
export type QueryWord = {
	/** As it was typed. */
	readonly typed: string;
	readonly ways: readonly Way[];
};

/** Words of a query that are read; the rest is left unread. */
export const QUERY_MAX_WORDS = 16;
/** Half each: a product that has the joined word satisfies both of its parts once. */
const JOINED = 0.5;
const SPLIT = 0.9;
const PARTS = 0.8;
/** Two characters of a pair that stand apart. */
const APART = 0.5;
/** Share of a hit that each edit leaves. */
const PER_EDIT = 0.8;
/** Share of the products of the more frequent of two pairs that hold both, from which they are one word. */
const COHESION = 0.8;
/** Share of the products of both neighbours below which a pair lies across a boundary. */
const ACROSS = 0.5;
/** A synonym of the shop's: what was typed itself comes first. */
const MEANT = 0.6;
/** A word that what was typed last is the beginning of. */
const BEGUN = 0.9;
/** Letters of each piece that a word is split into. */
const PIECE_MIN = 3;

/**
 * Reads a query into words. Each is looked for by its English and its German stem; as a model name whole and in parts;
 * joined with its neighbour ("head set") or split ("smartwatch") where the catalogue writes it so; and where hardly any
 * product has it beside the other words, by words that are one or two edits away; the last, where the catalogue has no such word,
 * by those that it is the beginning of; and by the shop's synonyms, whose words are taken as they stand. A way that no product
 * goes is left out.
 */
export function readQuery(text: string, lexicon: Lexicon, thesaurus: Thesaurus | null = null): QueryWord[] {
	const all = joinPairs(groupsOf(text, lexicon.languages), lexicon);
	const groups = all.slice(0, QUERY_MAX_WORDS);
	const stemsOf = (form: string): readonly string[] => [...new Set(lexicon.languages.map((language) => termOf(form, language)))];
	const read = groups.map(({ typed }) => ({ typed, ways: new Map<string, Way>() }));
	const add = (i: number, terms: readonly string[], weight: number, edits = 0, form: string | null = null, holders = 0) => {
		const ways = read[i]?.ways;
		const key = terms.join("\0");
		if (ways === undefined || lexicon.together(terms) === 0 || (ways.get(key)?.weight ?? 0) >= weight) return;
		ways.set(key, { terms, weight, edits, form, holders });
	};
	for (const [i, { form, whole, parts, isPair, chain }] of groups.entries()) {
		if (chain.length > 1) add(i, chain, 1);
		else for (const term of whole) add(i, [term], 1);
		if (parts.length > 1) add(i, parts, isPair ? APART : PARTS);
		if (isPair) continue;
		if (parts.length === 1) for (const { terms, edits } of splitsOf(form)) add(i, terms, SPLIT * PER_EDIT ** edits, edits);
		const next = groups[i + 1];
		if (next === undefined || next.isPair) continue;
		for (const term of stemsOf(form + next.form)) {
			add(i, [term], JOINED);
			add(i + 1, [term], JOINED);
		}
		for (const [left, right] of shiftedSpaces(form, next.form)) {
			if (lexicon.together([left, right]) === 0 || lexicon.together([stemsOf(form)[0] as string, stemsOf(next.form)[0] as string]) > 0)
				continue;
			add(i, [left], PER_EDIT, 1);
			add(i + 1, [right], PER_EDIT, 1);
		}
	}
	/** Words that the shop has synonyms for. */
	const said = new Set<number>();
	for (const { start, end, phrases } of thesaurus?.meantBy(text) ?? []) {
		const places = [...groups.keys()].filter((i) => (groups[i] as Group).start >= start && (groups[i] as Group).end <= end);
		const holders = lexicon.together(places.flatMap((i) => groups[i]?.whole[0] ?? []));
		for (const i of places) {
			said.add(i);
			// A product that has the synonym satisfies all words of a phrase once.
			for (const terms of phrases.flatMap((phrase) => phraseTerms(phrase, lexicon.languages)))
				add(i, terms, MEANT / places.length, 0, null, holders);
		}
	}
	const mains = read.map(({ ways }) => mainTerms(ways));
	for (const [i, { form, isPair }] of groups.entries()) {
		const next = groups[i + 1];
		if (next === undefined || isPair || next.isPair) continue;
		const [here, there] = [mains[i], mains[i + 1]];
		// Two words that no product names together may be one that was both cut and mistyped.
		if (here != null && there != null && lexicon.together([...here, ...there], true) > 0) continue;
		if ([here, there].every((terms) => terms != null && lexicon.together(terms, true) >= SURE_PRODUCTS)) continue;
		for (const { term, edits, form: meant } of corrections({ form: form + next.form, stem: "" }, null, [], lexicon)) {
			if (edits > 1) continue;
			add(i, [term], JOINED * PER_EDIT ** edits, edits, meant);
			add(i + 1, [term], JOINED * PER_EDIT ** edits, edits, "");
		}
	}
	const last = all.length - 1;
	// Whoever pressed return early meant a word that begins so.
	if (groups[last]?.isPair === false && !said.has(last) && mains[last] === null) {
		const context = mains.filter((terms) => terms !== null);
		const { form: begun, whole } = groups[last] as Group;
		const mistyped = corrections({ form: begun, stem: whole[0] as string }, null, context, lexicon).filter(({ edits }) => edits === 1);
		// A word that hardly any product has is no likelier than one that many have and that is an edit away.
		const least = Math.max(0, ...mistyped.map(({ term }) => lexicon.holders(term))) / LIKELIER;
		for (const { term, edits, form } of completions(begun, context, lexicon))
			if (lexicon.holders(term) >= least) add(last, [term], BEGUN, edits, form);
	}
	for (const [i, { form, whole, isPair }] of groups.entries()) {
		if (isPair || said.has(i)) continue;
		const context = mains.filter((terms, other) => other !== i && terms !== null) as (readonly string[])[];
		for (const { term, edits, form: meant } of corrections(
			{ form, stem: whole[0] as string },
			wholeTerm(whole, lexicon),
			context,
			lexicon,
		)) {
			add(i, [term], PER_EDIT ** edits, edits, meant);
		}
	}
	return read.map(({ typed, ways }) => ({ typed, ways: [...ways.values()] }));
}

/** The word as it stands, where the catalogue has it; null: it has not, whatever it may have of its parts. */
function wholeTerm(whole: readonly string[], lexicon: Lexicon): readonly string[] | null {
	const known = whole.filter((term) => lexicon.holders(term) > 0);
	return known.length === 0 ? null : known.slice(0, 1);
}

/** Terms of the best way without an edit; null: there is none. */
function mainTerms(ways: ReadonlyMap<string, Way>): readonly string[] | null {
	const typed = [...ways.values()].filter(({ edits }) => edits === 0).sort((a, b) => b.weight - a.weight);
	return typed[0]?.terms ?? null;
}

/** Terms of a phrase, all of which a product must hold: by its stems in each language. */
function phraseTerms(phrase: string, languages: readonly Language[]): string[][] {
	const groups = groupsOf(phrase, languages);
	return languages.map((_, l) => groups.map(({ whole }) => whole[l] ?? (whole[0] as string)));
}

type Group = {
	readonly typed: string;
	/** UTF-16 units of the text, end excluded. */
	readonly start: number;
	readonly end: number;
	readonly form: string;
	/** Its stems. */
	readonly whole: readonly string[];
	/** Terms that it is made of, if more than one. */
	readonly parts: readonly string[];
	/** Two characters of Han or kana. */
	readonly isPair: boolean;
	/** Pairs that make one word of more characters; empty for all else. */
	readonly chain: readonly string[];
};

function groupsOf(text: string, languages: readonly Language[]): Group[] {
	const groups: Group[] = [];
	const german = languages.includes("de") ? analyse(text, "de") : null;
	const terms = analyse(text, "en");
	for (let i = 0; i < terms.length; ) {
		const first = terms[i] as Term;
		let end = i + 1;
		while (end < terms.length && (terms[end] as Term).start < first.end && (terms[end] as Term).end <= first.end) end++;
		const typed = text.slice(first.start, first.end);
		const next = terms[i + 1];
		// A character, then the pair that it begins: the pair is what is meant, unless the run ends here.
		if (next !== undefined && next.start === first.start && next.end > first.end) {
			const [a, b] = [first.term, (terms[i + 2] as Term).term];
			groups.push({
				typed: text.slice(next.start, next.end),
				start: next.start,
				end: next.end,
				form: next.term,
				whole: [next.term],
				parts: [a, b],
				isPair: true,
				chain: [next.term],
			});
			i += isLastOfRun(terms, i + 2) ? 3 : 2;
			continue;
		}
		const parts = terms.slice(i + 1, end).map(({ term }) => term);
		groups.push({
			typed,
			start: first.start,
			end: first.end,
			form: formOf(typed),
			whole: [...new Set([first.term, german?.[i]?.term ?? first.term])],
			parts: parts.length > 0 ? parts : [first.term],
			isPair: false,
			chain: [],
		});
		i = end;
	}
	return groups;
}

/**
 * Pairs that hardly ever stand without one another are one word; a pair that is much rarer than both of its neighbours only
 * lies across the boundary of two, and is left out.
 */
function joinPairs(groups: readonly Group[], lexicon: Lexicon): Group[] {
	const joined: Group[] = [];
	for (const group of groups) {
		const last = joined.at(-1);
		const [end, start] = [last?.chain.at(-1), group.chain[0]];
		const isOne =
			end !== undefined &&
			start !== undefined &&
			end.endsWith([...start][0] as string) &&
			lexicon.together([end, start]) >= COHESION * Math.max(lexicon.holders(end), lexicon.holders(start), 1);
		if (last === undefined || !isOne) joined.push(group);
		else {
			const chain = [...last.chain, ...group.chain];
			joined[joined.length - 1] = { ...last, end: group.end, typed: last.typed + [...group.typed].slice(1).join(""), parts: [], chain };
		}
	}
	return joined.filter((group, i) => {
		const [left, right] = [joined[i - 1], joined[i + 1]];
		if (group.chain.length !== 1 || !left?.isPair || !right?.isPair) return true;
		const [own, ...beside] = [group, left, right].map(({ chain }) => Math.min(...chain.map(lexicon.holders)));
		return (own as number) >= ACROSS * Math.min(...beside);
	});
}

/** Whether the character at `i` begins no pair: the run of characters ends with it. */
const isLastOfRun = (terms: readonly Term[], i: number): boolean => terms[i + 1]?.start !== terms[i]?.start;

/** Ways to cut a word in two, of three letters at least each; or where one letter stands in the place of the space. */
function* splitsOf(form: string): Generator<{ readonly terms: string[]; readonly edits: number }> {
	for (const [letters, edits] of [
		[0, 0],
		[1, 1],
	] as const) {
		for (let at = PIECE_MIN; at + letters <= form.length - PIECE_MIN; at++) {
			yield { terms: [termOf(form.slice(0, at), "en"), termOf(form.slice(at + letters), "en")], edits };
		}
	}
}

/** Two words with the space one letter further to the left or to the right. */
function shiftedSpaces(left: string, right: string): [string, string][] {
	const joined = left + right;
	return [left.length - 1, left.length + 1]
		.filter((at) => at >= 2 && at <= joined.length - 2)
		.map((at) => [termOf(joined.slice(0, at), "en"), termOf(joined.slice(at), "en")]);
}
