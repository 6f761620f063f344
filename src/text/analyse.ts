import { stemEnglish } from "./stem-english.ts";
import { stemGerman } from "./stem-german.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A term where it stands in a text. */
export type Term = {
	/** What is looked up. */
	readonly term: string;
	/** Place among the words of the text; the parts of a model name stand at places of their own, the whole at the first part's. */
	readonly place: number;
	/** UTF-16 units of the text that it was made of, end excluded. */
	readonly start: number;
	readonly end: number;
};

/** Letters, marks and digits; signs that join the parts of a model name are within a word only between such. */
const WORDS = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[-/.'’_+][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*/gu;
const PARTS = /\p{N}+|[\p{L}\p{M}]+/gu;
const JOINED = /[\p{L}\p{N}\p{M}]+/gu;
const CJK = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u;
const STRETCHES = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+|[^\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+/gu;
const HAS_DIGIT = /\p{N}/u;
const HAS_LETTER = /\p{L}/u;
const GERMAN_LETTERS = /[äöüß]/;
/** Longest term, UTF-16 units: what is longer is no word, and is cut. */
const TERM_MAX_LENGTH = 40;

/** Lower case without accents, full and half width made one; German letters stay for the stemmer. */
const lower = (text: string): string => text.normalize("NFKC").toLowerCase();
const withoutAccents = (word: string): string => word.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");

/** A word as it is compared with others as they were written: lower case, without accents. */
export const formOf = (word: string): string => withoutAccents(lower(word)).slice(0, TERM_MAX_LENGTH);

/** A word as it is looked up: stemmed where it is made of letters alone. */
export function termOf(word: string, language: Language): string {
	const bare = HAS_DIGIT.test(word) ? withoutAccents(word) : stemOf(word, language);
	return bare.slice(0, TERM_MAX_LENGTH);
}

/** Stems are kept: a catalogue uses few distinct words, many times each. */
const kept = { en: new Map<string, string>(), de: new Map<string, string>() } as const;
const KEPT_MAX = 20_000;

function stemOf(word: string, language: Language): string {
	const stems = kept[language];
	const known = stems.get(word);
	if (known !== undefined) return known;
	const stem = language === "de" ? withoutAccents(stemGerman(word)) : stemEnglish(withoutAccents(word));
	if (stems.size >= KEPT_MAX) stems.clear();
	stems.set(word, stem);
	return stem;
}

/**
 * Terms of a text, in order. Words are lower case, without accents, stemmed. "TN-2110" gives the whole, "tn2110", and the
 * parts "tn" and "2110", and so does "TN2110". A run of Han or kana gives each overlapping pair and each character.
 */
export function analyse(text: string, language: Language): Term[] {
	const found: Term[] = [];
	let place = 0;
	for (const match of text.matchAll(WORDS)) {
		const [whole] = match;
		for (const stretch of whole.matchAll(STRETCHES)) {
			const start = match.index + stretch.index;
			if (CJK.test(stretch[0])) place = addCharacters(found, stretch[0], start, place);
			else place = addWord(found, stretch[0], start, place, language);
		}
	}
	// A letter may be nothing but an accent.
	return found.filter(({ term }) => term !== "");
}

function addCharacters(found: Term[], run: string, start: number, from: number): number {
	const characters = [...run];
	let place = from;
	let at = start;
	for (const [i, character] of characters.entries()) {
		found.push({ term: lower(character), place, start: at, end: at + character.length });
		const next = characters[i + 1];
		if (next !== undefined) found.push({ term: lower(character + next), place, start: at, end: at + character.length + next.length });
		at += character.length;
		place++;
	}
	return place;
}

function addWord(found: Term[], word: string, start: number, from: number, language: Language): number {
	const isModel = HAS_DIGIT.test(word) && HAS_LETTER.test(word);
	const parts = [...word.matchAll(isModel ? PARTS : JOINED)];
	if (parts.length === 1) {
		found.push({ term: termOf(lower(word), language), place: from, start, end: start + word.length });
		return from + 1;
	}
	const whole = lower(parts.map(([part]) => part).join(""));
	found.push({ term: termOf(whole, language), place: from, start, end: start + word.length });
	for (const [i, part] of parts.entries()) {
		const at = start + part.index;
		found.push({ term: termOf(lower(part[0]), language), place: from + i, start: at, end: at + part[0].length });
	}
	return from + parts.length;
}

const GERMAN_WORDS = /(?<!\p{L})(und|der|die|das|mit|für|aus|von|ein|eine|im|ist|zum|zur|auf|oder|nicht|den|dem|des)(?!\p{L})/giu;
const ENGLISH_WORDS = /(?<!\p{L})(and|the|with|for|of|a|an|in|is|to|on|or|not|from|by|your|that)(?!\p{L})/giu;

/** The language whose small words a text uses more; English where neither says. */
export function languageOf(text: string): Language {
	const german = (text.match(GERMAN_WORDS)?.length ?? 0) + (GERMAN_LETTERS.test(lower(text)) ? 1 : 0);
	return german > (text.match(ENGLISH_WORDS)?.length ?? 0) ? "de" : "en";
}
