import { type IdentifierKind, withoutIdentifiers } from "./identifiers.ts";

/** Stands for any words that the catalogue does not use, however many come together. */
export const OTHER_WORDS = "*";

/** Words, and within a word stretches of Han or kana apart from all else. */
const STRETCHES = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+|(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}])[\p{L}\p{N}])+/gu;

/**
 * A query as it may be kept: words of the catalogue's vocabulary in their order, all others as one marker. What looks
 * like an identifier is cut first, so that no part of it can pass for a word.
 * @param knownWordsOf words of the vocabulary in a text, null where there is none
 * @returns null when nothing but marks was typed
 */
export function keptQuery(
	query: string,
	knownWordsOf: (text: string) => string | null,
): { readonly query: string | null; readonly cut: readonly IdentifierKind[] } {
	const { text, cut } = withoutIdentifiers(query, " ");
	const words: string[] = [];
	const other = () => {
		if (words.at(-1) !== OTHER_WORDS) words.push(OTHER_WORDS);
	};
	if (cut.length > 0 && text.trim() === "") other();
	for (const [stretch] of text.toLowerCase().matchAll(STRETCHES)) {
		const known = knownWordsOf(stretch);
		if (known === null) {
			other();
			continue;
		}
		words.push(known);
		if (known.replaceAll(" ", "").length < stretch.length) other();
	}
	return { query: words.length === 0 ? null : words.join(" "), cut };
}

/** Longest query that is counted, UTF-16 units: one that many type alike is short. */
const COUNTED_MAX_LENGTH = 60;

/** A kept query as it may be offered to others once a crowd has typed it; null where words of it were dropped, or it is long. */
export const countedQuery = (kept: string): string | null =>
	kept.length > COUNTED_MAX_LENGTH || kept.split(" ").includes(OTHER_WORDS) ? null : kept;
