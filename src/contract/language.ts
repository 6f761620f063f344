import * as v from "valibot";

/** Languages in which reasons are told, the first where nothing says which. */
export const SPOKEN_LANGUAGES = ["en", "zh", "de"] as const;
export type SpokenLanguage = (typeof SPOKEN_LANGUAGES)[number];

/**
 * A BCP 47 tag, such as "de-CH", of which the language is read. Of one that is not spoken, and where none is sent, a POST
 * takes the best of its Accept-Language, else English.
 */
export const LanguageTag = v.pipe(v.string(), v.maxLength(35), v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "must be a BCP 47 tag"));
