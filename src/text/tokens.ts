/** Name of the rule as `text.bin` states it; a release with another one is refused. */
export const TOKENIZER = "nfkc-lower-words-cjk-bigrams";

const WORDS = /[\p{L}\p{N}]+/gu;
/** Stretches of a word in which all characters are Han or kana (with their length and repeat marks), or none is. */
const STRETCHES = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+|[^\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+/gu;
const CJK = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u;

/**
 * Words of a text as the trainer has them: NFKC, lower case, runs of letters and digits; a run of Han or kana becomes
 * overlapping bigrams, a single character stays itself. In order, with repetitions.
 */
export function tokensOf(text: string): string[] {
	const found: string[] = [];
	for (const [word] of text.normalize("NFKC").toLowerCase().matchAll(WORDS)) {
		for (const [stretch] of word.matchAll(STRETCHES)) {
			const characters = CJK.test(stretch) ? [...stretch] : [];
			if (characters.length < 2) found.push(stretch);
			for (let i = 0; i + 1 < characters.length; i++) found.push(`${characters[i]}${characters[i + 1]}`);
		}
	}
	return found;
}
