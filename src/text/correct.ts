import type { Language } from "./analyse.ts";

/** A term, as the form that is nearest to a word has it. */
export type Near = { readonly term: string; readonly form: string; readonly edits: number };

/** What is asked of the vocabularies of all indexes together. */
export type Lexicon = {
	/** Languages whose stems are indexed. */
	readonly languages: readonly Language[];
	/** Products that hold a term. */
	holders(term: string): number;
	/** Products that hold all of the terms; with `naming`, in title, brand or category. */
	together(terms: readonly string[], naming?: boolean): number;
	/** Terms of which a form is within `most` edits of a word, other than its own, in no order. */
	near(word: string, term: string, most: number): readonly Near[];
	/** Terms of which a form begins so, each by its shortest, as one edit away; in no order. */
	beginning(prefix: string): readonly Near[];
};

/** Products with a word, beside the rest of the query, from which it is meant as it stands. */
export const SURE_PRODUCTS = 50;
/** How many times more products a likely word must have, beside the rest of the query, than one that was typed and exists. */
export const LIKELIER = 20;
/** What a word counts as that exists, but not beside the rest of the query. */
const UNSEEN_PRODUCTS = 0.1;
/** A correction that has fewer than this share of the products of the likeliest one is left. */
const SHARE_MIN = 0.05;
const CORRECTIONS_MAX = 4;
const COMPLETIONS_MAX = 8;
/** Words that begin so which are looked at, and other words of the query beside which they are. */
const BEGUN_MAX = 200;
const CONTEXT_MAX = 2;
/** Letters from which a word may be the beginning of another. */
const BEGINNING_MIN = 3;
const OTHER_EDIT = 0.2;
/** Letters from which two edits are taken back. */
const LONG_WORD = 8;

/**
 * Words that may have been meant in the place of one that was typed: those nearest to it, of equally near ones those that
 * most products have together with another word of the query. A word that exists gives way only to a much likelier one.
 * @param typed   terms by which the word is found as it stands; null: it is not
 * @param context terms of each other word
 * @see Kernighan, Church & Gale, "A spelling correction program based on a noisy channel model", COLING 1990
 */
export function corrections(
	{ form, stem }: { readonly form: string; readonly stem: string },
	typed: readonly string[] | null,
	context: readonly (readonly string[])[],
	lexicon: Lexicon,
): readonly Near[] {
	const most = editsAllowed(form, typed === null, context.length > 0);
	if (most === 0) return [];
	const beside = (terms: readonly string[]) =>
		context.length === 0
			? lexicon.together(terms, true)
			: Math.max(...context.map((other) => lexicon.together([...terms, ...other], true)));
	if (typed !== null && isMeant(form, typed, lexicon)) return [];
	const known = typed === null ? 0 : beside(typed);
	if (known >= SURE_PRODUCTS) return [];
	const least = typed === null ? Number.MIN_VALUE : LIKELIER * Math.max(known, UNSEEN_PRODUCTS);
	// As many as hold a term are the most that can go with it: to count together is dear, and few words are that frequent.
	const held = lexicon.near(form, stem, most).map((each) => ({ ...each, products: chanceOf(form, each) * lexicon.holders(each.term) }));
	const near = held.filter(({ products }) => products >= least);
	let likely: readonly Counted[] = [];
	// None where the same letters are another word, by another stem.
	for (let edits = 0; edits <= most && likely.length === 0; edits++) {
		likely = near
			.filter((each) => each.edits === edits)
			.map((each) => ({ ...each, products: chanceOf(form, each) * beside([each.term]) }))
			.filter(({ products }) => products >= least);
	}
	// Where no candidate goes with the rest of the query, the rest says nothing.
	if (likely.length === 0 && typed === null) likely = near.filter(({ edits }) => edits === Math.min(...near.map((each) => each.edits)));
	const nearest = likely.toSorted(byProducts);
	return nearest.filter(({ products }) => products >= SHARE_MIN * (nearest[0]?.products ?? 0)).slice(0, CORRECTIONS_MAX);
}

/**
 * Words that one may be the beginning of: those that most products name, beside another word of the query where any does.
 * @param context terms of each other word
 */
export function completions(form: string, context: readonly (readonly string[])[], lexicon: Lexicon): readonly Near[] {
	// A number is meant as it stands.
	if (form.length < BEGINNING_MIN || /^\p{N}+$/u.test(form)) return [];
	const held = lexicon.beginning(form).map((each) => ({ ...each, products: lexicon.holders(each.term) }));
	const begun = held.sort(byProducts).slice(0, BEGUN_MAX);
	const others = context.toSorted((a, b) => lexicon.together(a) - lexicon.together(b)).slice(0, CONTEXT_MAX);
	const beside = begun.map((each) => ({
		...each,
		products: Math.max(0, ...others.map((other) => lexicon.together([each.term, ...other], true))),
	}));
	const found = beside.some(({ products }) => products > 0)
		? beside
		: begun.map((each) => ({ ...each, products: lexicon.together([each.term], true) }));
	const likely = found.sort(byProducts);
	return likely.filter(({ products }) => products > 0 && products >= SHARE_MIN * (likely[0]?.products ?? 0)).slice(0, COMPLETIONS_MAX);
}

type Counted = Near & { readonly products: number };
const byProducts = (a: Counted, b: Counted): number => b.products - a.products || (a.term < b.term ? -1 : 1);

/** A model name that exists, and a word that names many products, are meant as they stand, whatever goes with them. */
function isMeant(form: string, typed: readonly string[], lexicon: Lexicon): boolean {
	return (/\p{N}/u.test(form) && typed.length === 1) || lexicon.together(typed, true) >= SURE_PRODUCTS;
}

/**
 * Chance of an edit beside that of one that leaves little choice: a letter that is left out, or two that change places, is
 * one of a word's length; one that is put in or replaced is one of so many times the alphabet's.
 */
function chanceOf(form: string, { form: meant, edits }: Near): number {
	if (edits !== 1 || form.length < meant.length) return 1;
	return form.length === meant.length && [...form].sort().join("") === [...meant].sort().join("") ? 1 : OTHER_EDIT;
}

/** Numbers are meant as they stand; two letters are too few to guess by, unless other words help. */
function editsAllowed(form: string, isUnknown: boolean, hasContext: boolean): number {
	if (/^\p{N}+$/u.test(form) || form.length < (hasContext ? 2 : 3)) return 0;
	return isUnknown && form.length >= LONG_WORD ? 2 : 1;
}
