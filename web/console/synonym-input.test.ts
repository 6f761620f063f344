import { expect, test } from "vitest";
import type { Synonym } from "../../src/contract/synonym.ts";
import { linesOf, synonymsOf } from "./synonym-input.ts";

const LIST: Synonym[] = [
	{ kind: "group", phrases: ["sofa", "couch", "沙发"] },
	{ kind: "one-way", from: "trainers", to: ["running shoes", "sneakers"] },
];

test("a list that is shown as lines comes back from them as it was", () => {
	expect(linesOf(LIST)).toBe("sofa, couch, 沙发\ntrainers => running shoes, sneakers");
	expect(synonymsOf(linesOf(LIST) as string)).toEqual(LIST);
	expect(linesOf([])).toBe("");
	expect(synonymsOf("\n  \n")).toEqual([]);
});

test.each(["a,b", "a => b", "a\nb", " a"])("what lines cannot tell is not shown as lines: %j", (phrase) => {
	expect(linesOf([{ kind: "group", phrases: [phrase, "c"] }])).toBeNull();
});
