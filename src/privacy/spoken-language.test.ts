import { expect, test } from "vitest";
import { spokenLanguageOf } from "./spoken-language.ts";

test.each<[tag: string | undefined, accepted: string | null, language: string]>([
	[undefined, null, "en"],
	["de", null, "de"],
	["DE-ch", "zh", "de"],
	["zh-Hant-TW", null, "zh"],
	["fr", "fr-FR, de;q=0.5", "de"],
	["fr", "fr", "en"],
	[undefined, "fr, en;q=0.2, zh;q=0.9", "zh"],
	[undefined, "de;q=0, zh", "zh"],
	[undefined, "zh;q=0.5,de;q=0.5", "zh"],
	[undefined, "den, zhx, *", "en"],
	[undefined, ";;q=,,\u0000de;q=x", "en"],
])("%j with Accept-Language %j is answered in %s", (tag, accepted, language) => {
	expect(spokenLanguageOf(tag, accepted)).toBe(language);
});
