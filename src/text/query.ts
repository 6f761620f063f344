import { analyse, formOf, type Term, termOf } from "./analyse.ts";

/** One way to satisfy a word of a query: a product holds all of the terms. */
export type Way = {
	readonly terms: readonly string[];
	/** What a hit counts beside one of the word itself, (0, 1]. */
	readonly weight: number;
	/** Edits between what was typed and what is looked for. */
	readonly edits: number;
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
const PER_EDIT = 0.7;
/** A corrected word that is held by fewer than this share of the holders of the likeliest one is left. */
const LIKELY = 0.05;
const CORRECTIONS_MAX = 4;

/** What is asked of the vocabulary: how many products hold a term, all segments together, and which terms are near. */
export type Lexicon = {
	holders(term: string): number;
	/** Terms within `most` edits of a word or its stem, in no order. */
	near(word: string, stem: string, most: number): readonly { readonly term: string; readonly edits: number }[];
};

/**
 * Reads a query into words. Each is looked for by its English and its German stem; as a model name whole and in parts;
 * joined with its neighbour ("head set") or split ("smartwatch") where the catalogue writes it so; and where hardly any
 * product has it, by words that are one or two edits away.
 */
export function readQuery(text: string, lexicon: Lexicon): QueryWord[] {
	const groups = groupsOf(text).slice(0, QUERY_MAX_WORDS);
	return groups.map((group, i) => {
		const { typed, form, whole, parts } = group;
		const ways = new Map<string, Way>();
		const add = (terms: readonly string[], weight: number, edits = 0) => {
			const key = terms.join("\0");
			if (terms.some((term) => lexicon.holders(term) === 0)) return;
			if ((ways.get(key)?.weight ?? 0) < weight) ways.set(key, { terms, weight, edits });
		};
		for (const term of whole) add([term], 1);
		if (parts.length > 1) add(parts, group.isPair ? APART : PARTS);
		for (const [left, right] of [
			[groups[i - 1], group],
			[group, groups[i + 1]],
		] as const) {
			if (left === undefined || right === undefined || left.isPair || right.isPair) continue;
			for (const term of [termOf(left.form + right.form, "en"), termOf(left.form + right.form, "de")]) add([term], JOINED);
		}
		if (!group.isPair && parts.length === 1) for (const terms of splitsOf(form, lexicon)) add(terms, SPLIT);
		const known = Math.max(0, ...Array.from(ways.values(), ({ terms }) => Math.min(...terms.map(lexicon.holders))));
		const most = group.isPair ? 0 : editsAllowed(form, known);
		if (most > 0)
			for (const { term, edits } of likely(lexicon.near(form, whole[0] as string, most), known, lexicon))
				add([term], PER_EDIT ** edits, edits);
		return { typed, ways: [...ways.values()] };
	});
}

type Group = {
	readonly typed: string;
	readonly form: string;
	/** Its stems. */
	readonly whole: readonly string[];
	/** Terms that it is made of, if more than one. */
	readonly parts: readonly string[];
	/** Two characters of Han or kana. */
	readonly isPair: boolean;
};

function groupsOf(text: string): Group[] {
	const groups: Group[] = [];
	const german = analyse(text, "de");
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
			groups.push({ typed: text.slice(next.start, next.end), form: next.term, whole: [next.term], parts: [a, b], isPair: true });
			i += isLastOfRun(terms, i + 2) ? 3 : 2;
			continue;
		}
		const parts = terms.slice(i + 1, end).map(({ term }) => term);
		groups.push({
			typed,
			form: formOf(typed),
			whole: [...new Set([first.term, (german[i] as Term).term])],
			parts: parts.length > 0 ? parts : [first.term],
			isPair: false,
		});
		i = end;
	}
	return groups;
}

/** Whether the character at `i` begins no pair: the run of characters ends with it. */
const isLastOfRun = (terms: readonly Term[], i: number): boolean => terms[i + 1]?.start !== terms[i]?.start;

/** Edits that may be taken back in a word. What many products have is meant as it stands; so is what has few letters. */
function editsAllowed(form: string, holders: number): number {
	if (holders > 2 || form.length < 3 || /^\p{N}+$/u.test(form)) return 0;
	return form.length >= 8 ? 2 : 1;
}

/** The nearest first, then those that more products hold. */
function likely(near: readonly { readonly term: string; readonly edits: number }[], known: number, lexicon: Lexicon) {
	const found = near
		.map(({ term, edits }) => ({ term, edits, holders: lexicon.holders(term) }))
		.filter(({ holders }) => holders > 5 * known)
		.sort((a, b) => a.edits - b.edits || b.holders - a.holders || (a.term < b.term ? -1 : 1));
	const best = found[0];
	if (best === undefined) return [];
	const most = Math.max(...found.filter(({ edits }) => edits === best.edits).map(({ holders }) => holders));
	return found.filter(({ edits, holders }) => edits === best.edits && holders >= LIKELY * most).slice(0, CORRECTIONS_MAX);
}

/** Ways to cut a word in two that the catalogue has, of three letters at least each. */
function splitsOf(form: string, lexicon: Lexicon): string[][] {
	const found: string[][] = [];
	for (let at = 3; at <= form.length - 3; at++) {
		const [a, b] = [termOf(form.slice(0, at), "en"), termOf(form.slice(at), "en")];
		if (lexicon.holders(a) > 0 && lexicon.holders(b) > 0) found.push([a, b]);
	}
	return found;
}
