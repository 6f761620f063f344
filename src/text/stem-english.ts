const VOWEL = "aeiou";

/** Whether the letter at `i` is a consonant: "y" is one at the start and after a vowel. */
const isConsonant = (word: string, i: number): boolean => {
	const letter = word[i] as string;
	if (VOWEL.includes(letter)) return false;
	return letter !== "y" || i === 0 || !isConsonant(word, i - 1);
};

/** Porter's m: how often a consonant follows a vowel. */
function measureOf(stem: string): number {
	let m = 0;
	for (let i = 1; i < stem.length; i++) if (isConsonant(stem, i) && !isConsonant(stem, i - 1)) m++;
	return m;
}

const hasVowel = (stem: string): boolean => Array.from(stem, (_, i) => i).some((i) => !isConsonant(stem, i));
const endsDouble = (word: string): boolean => word.length > 1 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
/** Consonant, vowel, consonant other than w, x and y: a short syllable that takes an e back. */
const endsShort = (word: string): boolean => {
	const last = word.length - 1;
	return last >= 2 && isConsonant(word, last) && !isConsonant(word, last - 1) && isConsonant(word, last - 2) && !/[wxy]$/.test(word);
};

type Rule = readonly [suffix: string, by: string];
const STEP_2: readonly Rule[] = [
	["ational", "ate"],
	["tional", "tion"],
	["enci", "ence"],
	["anci", "ance"],
	["izer", "ize"],
	["bli", "ble"],
	["alli", "al"],
	["entli", "ent"],
	["eli", "e"],
	["ousli", "ous"],
	["ization", "ize"],
	["ation", "ate"],
	["ator", "ate"],
	["alism", "al"],
	["iveness", "ive"],
	["fulness", "ful"],
	["ousness", "ous"],
	["aliti", "al"],
	["iviti", "ive"],
	["biliti", "ble"],
	["logi", "log"],
];
const STEP_3: readonly Rule[] = [
	["icate", "ic"],
	["ative", ""],
	["alize", "al"],
	["iciti", "ic"],
	["ical", "ic"],
	["ful", ""],
	["ness", ""],
];
const STEP_4 = /(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

function replaceSuffix(word: string, rules: readonly Rule[]): string {
	const rule = rules.find(([suffix]) => word.endsWith(suffix));
	if (rule === undefined) return word;
	const stem = word.slice(0, -rule[0].length);
	return measureOf(stem) > 0 ? stem + rule[1] : word;
}

/** Plural and past forms: steps 1a and 1b. */
function withoutInflection(from: string): string {
	let word = from;
	if (/(ss|i)es$/.test(word)) word = word.slice(0, -2);
	else if (word.endsWith("s") && !word.endsWith("ss")) word = word.slice(0, -1);
	if (word.endsWith("eed")) return measureOf(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
	const stem = word.replace(/(ed|ing)$/, "");
	if (stem === word || !hasVowel(stem)) return word;
	if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
	if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
	return measureOf(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/**
 * Stem of an English word of lower case ASCII letters; shorter than three letters it is its own.
 * @see Porter, "An algorithm for suffix stripping", Program 14(3), 1980, with his later "bli" and "logi"
 */
export function stemEnglish(from: string): string {
	if (from.length < 3) return from;
	let word = withoutInflection(from);
	if (word.endsWith("y") && hasVowel(word.slice(0, -1))) word = `${word.slice(0, -1)}i`;
	word = replaceSuffix(replaceSuffix(word, STEP_2), STEP_3);
	const ion = /[st]ion$/.test(word) ? word.slice(0, -3) : null;
	const stem = ion ?? word.replace(STEP_4, "");
	if (measureOf(stem) > 1) word = stem;
	if (word.endsWith("e")) {
		const short = word.slice(0, -1);
		const m = measureOf(short);
		if (m > 1 || (m === 1 && !endsShort(short))) word = short;
	}
	return measureOf(word) > 1 && word.endsWith("ll") ? word.slice(0, -1) : word;
}
