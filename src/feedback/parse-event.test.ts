import { expect, test } from "vitest";
import { parseEvent } from "./parse-event.ts";

const NOW = 1_795_168_800;
const good = { id: "0123456789abcdef", type: "view", item: "B004", at: NOW };
const faultOf = (event: unknown) => {
	const parsed = parseEvent(event, NOW);
	return parsed.ok ? null : parsed.error;
};

test("fills what was left out with null", () => {
	const parsed = parseEvent(good, NOW);
	const nothing = {
		query: null,
		order: null,
		quantity: null,
		surface: null,
		recommendationId: null,
		position: null,
		value: null,
		currency: null,
	};
	expect(parsed).toEqual({ ok: true, value: { ...good, ...nothing } });
});

test.each([
	["an unknown field", { ...good, email: "ada@example.org" }, { code: "unknown_field", path: "email" }],
	["an unknown type", { ...good, type: "like" }, { code: "invalid_field", path: "type" }],
	["a short id", { ...good, id: "short" }, { code: "invalid_field", path: "id" }],
	["no id", { ...good, id: undefined }, { code: "invalid_field", path: "id" }],
	["an address in place of an id", { ...good, id: "ada.lovelace@example.org" }, { code: "invalid_field", path: "id" }],
	["no item", { ...good, item: null }, { code: "invalid_field", path: "item" }],
	["a fraction of a cent", { ...good, value: 19.5 }, { code: "invalid_field", path: "value" }],
	["milliseconds", { ...good, at: NOW * 1000 }, { code: "invalid_field", path: "at" }],
	["no object", "view", { code: "invalid_field", path: "" }],
	["null", null, { code: "invalid_field", path: "" }],
])("refuses %s, naming the path", (_, event, fault) => {
	expect(faultOf(event)).toEqual(fault);
});

test("takes `at` from 30 days back to 5 minutes ahead", () => {
	const days30 = 30 * 86_400;
	expect([-days30 - 1, -days30, 0, 300, 301].map((offset) => faultOf({ ...good, at: NOW + offset })?.path ?? "taken")).toEqual([
		"at",
		"taken",
		"taken",
		"taken",
		"at",
	]);
});

test("a search needs a query, not an item", () => {
	expect(faultOf({ ...good, type: "search", item: null, query: "nail polish" })).toBeNull();
	expect(faultOf({ ...good, type: "search" })).toEqual({ code: "invalid_field", path: "item" });
});
