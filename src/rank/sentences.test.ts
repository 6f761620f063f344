import { expect, test } from "vitest";
import type { Reason } from "../contract/recommendation.ts";
import { sentenceOf } from "./sentences.ts";

test.each<[Reason, string | null, Parameters<typeof sentenceOf>[2]["event"], string, string, string]>([
	[{ kind: "because", item: "a" }, "Lamp", "view", "Because you viewed Lamp", "因为您看过Lamp", "Weil Sie sich Lamp angesehen haben"],
	[{ kind: "because", item: "a" }, "Lamp", "purchase", "Because you bought Lamp", "因为您买过Lamp", "Weil Sie Lamp gekauft haben"],
	[{ kind: "because", item: "a" }, "Lamp", null, "Goes with Lamp", "与Lamp相配", "Passt zu Lamp"],
	[{ kind: "bought-together", item: "a" }, "Lamp", null, "Often bought with Lamp", "常与Lamp一起购买", "Oft zusammen mit Lamp gekauft"],
	[{ kind: "bought-together", item: "a" }, null, null, "Often bought together", "经常一起购买", "Oft zusammen gekauft"],
	[{ kind: "searched", query: "red" }, null, null, "Because you searched for red", "因为您搜索过red", "Weil Sie nach red gesucht haben"],
])("%j of %j, %j is told in three languages", (reason, title, event, en, zh, de) => {
	expect((["en", "zh", "de"] as const).map((language) => sentenceOf(reason, language, { title, event }))).toEqual([en, zh, de]);
});

test("a long title is cut between characters", () => {
	const told = sentenceOf({ kind: "similar", item: "a" }, "en", { title: "👟".repeat(200), event: null });
	expect(told.isWellFormed()).toBe(true);
	expect([...told]).toHaveLength("Similar to ".length + 80);
	expect(told.endsWith("👟…")).toBe(true);
});
