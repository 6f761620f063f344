import { expect, test } from "vitest";
import { personalAsking, publicAsking } from "./question.ts";

test("the language goes along where reasons are asked for; else it would only part the caches", () => {
	const asked = { shelf: "similar", item: "a", limit: 3, language: "zh-CN" } as const;
	expect(publicAsking({ ...asked, explain: true })?.path).toBe("/v1/items/a/similar?limit=3&explain=true&language=zh-CN");
	expect(publicAsking(asked)?.path).toBe("/v1/items/a/similar?limit=3");
	expect(publicAsking({ explain: true, language: "de", limit: 3 })?.path).toBe("/v1/recommendations?limit=3&explain=true&language=de");
	expect(JSON.parse(personalAsking({ ...asked, explain: true }, [], null).body ?? "")).toEqual({
		...{ item: "a", limit: 3, language: "zh-CN", explain: true, history: [] },
	});
});
