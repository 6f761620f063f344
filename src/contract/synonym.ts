import * as v from "valibot";
import { Label, UnixSeconds } from "./primitives.ts";

/** Entries that a shop may have at once, and bytes of the body that holds them: all of them lie in every isolate. */
export const SYNONYMS_MAX = 1000;
export const SYNONYMS_BODY_MAX_BYTES = 256 * 1024;
/** Phrases of one entry; each is looked for beside what was typed. */
const PHRASES_MAX = 20;
const PHRASE_MAX_LENGTH = 60;
const PHRASE_MAX_WORDS = 5;
/** Changes that are told, the latest first; older lists are deleted. */
export const SYNONYM_CHANGES_MAX = 50;

/** A word, or a few, in any script. */
const Phrase = v.pipe(
	Label,
	v.maxLength(PHRASE_MAX_LENGTH),
	v.check((text) => /[\p{L}\p{N}]/u.test(text), "must hold a letter or a digit"),
	v.check((text) => text.trim().split(/\s+/u).length <= PHRASE_MAX_WORDS, `must have at most ${PHRASE_MAX_WORDS} words`),
);

const plain = (text: string): string => text.normalize("NFKC").toLowerCase().trim();
const areDistinct = (texts: readonly string[]): boolean => new Set(texts.map(plain)).size === texts.length;

export const Synonym = v.variant("kind", [
	/** Each means the others: who types one finds products with any. */
	v.strictObject({
		kind: v.literal("group"),
		phrases: v.pipe(
			v.array(Phrase),
			v.minLength(2),
			v.maxLength(PHRASES_MAX),
			v.check((phrases) => areDistinct(phrases), "must not hold the same twice"),
		),
	}),
	/** Who types `from` also finds products with one of `to`, and not the other way about. */
	v.pipe(
		v.strictObject({
			kind: v.literal("one-way"),
			from: Phrase,
			to: v.pipe(v.array(Phrase), v.minLength(1), v.maxLength(PHRASES_MAX)),
		}),
		v.forward(
			v.check(({ from, to }) => areDistinct([from, ...to]), "must not hold the same twice"),
			["to"],
		),
	),
]);
export type Synonym = v.InferOutput<typeof Synonym>;

export const Synonyms = v.pipe(v.array(Synonym), v.maxLength(SYNONYMS_MAX));

/** `PUT /admin/synonyms`: the whole list, in place of the one before. */
export const SynonymsRequest = v.strictObject({
	synonyms: Synonyms,
	/** The version that was read; where another list has come since, this one is refused. Absent: it takes the place of any. */
	version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
export type SynonymsRequest = v.InferOutput<typeof SynonymsRequest>;

export const SynonymsResponse = v.strictObject({
	/** 0: none was ever put. */
	version: v.number(),
	synonyms: v.array(Synonym),
	/** Who put which version when, by the name of the token, the latest first. */
	changes: v.array(v.strictObject({ version: v.number(), token: v.string(), entries: v.number(), at: UnixSeconds })),
});
export type SynonymsResponse = v.InferOutput<typeof SynonymsResponse>;
