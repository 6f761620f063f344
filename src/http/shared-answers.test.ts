import { expect, test } from "vitest";
import type { Source } from "../contract/recommendation.ts";
import type { Served } from "../pipeline/ports.ts";
import { sharedOr } from "./answering.ts";
import { createSharedAnswers } from "./shared-answers.ts";

test("an answer is shared within its second and not beyond", () => {
	const shared = createSharedAnswers<string>();
	shared.put("home", 100, "list");
	expect(shared.get("home", 100)).toBe("list");
	expect(shared.get("cart", 100)).toBeUndefined();
	expect(shared.get("home", 101)).toBeUndefined();
	expect(shared.get("home", 100)).toBeUndefined();
});

test("what a second asks for beyond the room is answered anew each time", () => {
	const shared = createSharedAnswers<number>();
	for (let n = 0; n < 300; n++) shared.put(String(n), 100, n);
	expect([shared.get("0", 100), shared.get("255", 100), shared.get("256", 100)]).toEqual([0, 255, undefined]);
});

test("a stopgap is shared with nobody, and of what is shared no time is told twice", async () => {
	const shared = createSharedAnswers<Served<{ source: Source }>>();
	const make = (source: Source) => async () => ({ response: { source }, spans: [{ name: "rank", milliseconds: 1 }] });
	expect((await sharedOr(shared, "home", 100, make("static"))).response.source).toBe("static");
	expect(await sharedOr(shared, "home", 100, make("popular"))).toMatchObject({ response: { source: "popular" }, spans: [{}] });
	expect(await sharedOr(shared, "home", 100, make("personal"))).toEqual({ response: { source: "popular" }, spans: [] });
});
