import { SPOKEN_LANGUAGES, type SpokenLanguage } from "../contract/language.ts";

/** Ranges of an Accept-Language header that are read. */
const RANGES_MAX = 20;
const RANGE = /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/;

/**
 * The language of an answer: that of the tag, else the best of those that the browser accepts, else English. All that is
 * kept of the header is one of three words, for the time of the answer.
 * @param accepted Accept-Language; null: none, or a form of which everybody gets the same answer
 */
export function spokenLanguageOf(tag: string | undefined, accepted: string | null): SpokenLanguage {
	const ranges = (accepted ?? "").split(",", RANGES_MAX).flatMap((text) => {
		const [, range, quality = "1"] = RANGE.exec(text) ?? [];
		return range === undefined ? [] : [{ range, quality: Number(quality) }];
	});
	const wished = ranges.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
	for (const each of [tag, ...wished.map(({ range }) => range)]) {
		const spoken = SPOKEN_LANGUAGES.find((language) => language === primaryOf(each ?? ""));
		if (spoken !== undefined) return spoken;
	}
	return SPOKEN_LANGUAGES[0];
}

/** Language of a BCP 47 tag, without script and region. */
export const primaryOf = (tag: string): string => (tag.split("-", 1)[0] as string).toLowerCase();
