import { expect, test } from "vitest";
import { createListMaker, LIST_ITEMS } from "./shared-attribute.ts";

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `i${from + n}`);
const withAttributes = (groups: Readonly<Record<string, readonly string[]>>) => {
	const attributes = new Map<string, string[]>();
	for (const [name, ids] of Object.entries(groups)) for (const id of ids) attributes.set(id, [...(attributes.get(id) ?? []), name]);
	return attributes;
};

test("draws from the rarest attribute that enough items share, never what was seen", () => {
	const rare = ["t", ...items(120)];
	const maker = createListMaker(withAttributes({ common: ["t", ...items(500)], rare, tooRare: ["t", ...items(50)] }));
	const seen = new Set(items(15));
	const list = maker.listFor("t", seen, 7) ?? [];
	expect(new Set(list).size).toBe(LIST_ITEMS);
	expect(list).toContain("t");
	expect(list.every((id) => rare.includes(id) && !seen.has(id))).toBe(true);
	expect(maker.listFor("t", seen, 7)).toEqual(list);
	expect(maker.listFor("t", seen, 8)).not.toEqual(list);
	// With 22 of the 120 seen, only the common attribute has 99 others left.
	const wider = maker.listFor("t", new Set(items(22)), 7) ?? [];
	expect(wider.some((id) => !rare.includes(id))).toBe(true);
	expect(maker.listFor("i499", new Set(items(450)), 7)).toBeNull();
});

test("the target's place says nothing: over many lists it is everywhere", () => {
	const maker = createListMaker(withAttributes({ a: ["t", ...items(200)] }));
	const places = Array.from({ length: 2000 }, (_, seed) => (maker.listFor("t", new Set(), seed) ?? []).indexOf("t"));
	const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
	// 49.5 expected, with a standard error of 0.65.
	expect(Math.abs(mean - 49.5)).toBeLessThan(3);
	expect(new Set(places).size).toBeGreaterThan(90);
});
