import { expect, test } from "vitest";
import { stemEnglish } from "./stem-english.ts";
import { stemGerman } from "./stem-german.ts";

test.each([
	["caresses", "caress"],
	["ponies", "poni"],
	["agreed", "agre"],
	["plastered", "plaster"],
	["sing", "sing"],
	["hopping", "hop"],
	["filing", "file"],
	["falling", "fall"],
	["relational", "relat"],
	["formalize", "formal"],
	["goodness", "good"],
	["adoption", "adopt"],
	["batteries", "batteri"],
	["battery", "batteri"],
	["sky", "sky"],
	["tv", "tv"],
	["generalizations", "gener"],
	["oscillators", "oscil"],
])("%s is %s in English, as in Porter's paper", (word, stem) => {
	expect(stemEnglish(word)).toBe(stem);
});

test.each([
	["bücher", "buch"],
	["schuhe", "schuh"],
	["kinderschuhen", "kinderschuh"],
	["aufeinander", "aufeinand"],
	["kategorischen", "kategor"],
	["wohnungen", "wohnung"],
	["lampen", "lamp"],
	["häuser", "haus"],
	["weiß", "weiss"],
])("%s is %s in German, as Snowball has it", (word, stem) => {
	expect(stemGerman(word)).toBe(stem);
});
