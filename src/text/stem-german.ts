const VOWELS = "aeiouyäöü";

/** Where the region after the first consonant that follows a vowel begins, from `start` on. */
function regionAfter(word: string, start: number): number {
	for (let i = start + 1; i < word.length; i++) {
		if (!VOWELS.includes(word[i] as string) && VOWELS.includes(word[i - 1] as string)) return i + 1;
	}
	return word.length;
}

/**
 * Stem of a German word of lower case letters, umlauts folded: "Bücher" and "Buch" are both "buch".
 * @see https://snowballstem.org/algorithms/german/stemmer.html, whose three steps this takes
 */
export function stemGerman(from: string): string {
	let word = from.replaceAll("ß", "ss");
	const r2 = regionAfter(word, regionAfter(word, 0) - 1);
	const r1 = Math.max(3, regionAfter(word, 0));
	const cut = (suffix: RegExp, region: number, unless?: RegExp): boolean => {
		const found = suffix.exec(word);
		if (found === null || found.index < region || unless?.test(word.slice(0, found.index))) return false;
		word = word.slice(0, found.index);
		return true;
	};
	if (!cut(/(ern|em|er)$/, r1)) {
		if (cut(/(en|es|e)$/, r1)) word = word.replace(/niss$/, "nis");
		else cut(/(?<=[bdfghklmnrt])s$/, r1);
	}
	if (!cut(/(est|en|er)$/, r1)) cut(/(?<=.{3}[bdfghklmnt])st$/, r1);
	if (cut(/(end|ung)$/, r2)) cut(/(?<!e)ig$/, r2);
	else if (!cut(/(?<!e)(ig|ik|isch)$/, r2)) {
		if (cut(/(lich|heit)$/, r2)) cut(/(er|en)$/, r1);
		else if (cut(/keit$/, r2)) cut(/(lich|ig)$/, r2);
	}
	return word.replaceAll("ä", "a").replaceAll("ö", "o").replaceAll("ü", "u");
}
