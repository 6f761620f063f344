import { expect, test } from "vitest";
import { createThesaurus } from "./thesaurus.ts";

const SHOP = createThesaurus([
	{ kind: "group", phrases: ["sofa", "couch", "chesterfield settee"] },
	{ kind: "one-way", from: "trainers", to: ["running shoes"] },
	{ kind: "group", phrases: ["手机", "移动电话"] },
	{ kind: "group", phrases: ["кроссовки", "Turnschuhe"] },
]);

test.each<[text: string, meant: readonly (readonly [stretch: string, phrases: readonly string[]])[]]>([
	["grey Sofas", [["Sofas", ["couch", "chesterfield settee"]]]],
	["a chesterfield settee, grey", [["chesterfield settee", ["sofa", "couch"]]]],
	["chesterfield", []],
	["settee chesterfield", []],
	["trainer", [["trainer", ["running shoes"]]]],
	["running shoes", []],
	["红色手机壳", [["手机", ["移动电话"]]]],
	["移动电话", [["移动电话", ["手机"]]]],
	["移动", []],
	["КРОССОВКИ", [["КРОССОВКИ", ["Turnschuhe"]]]],
	["rote Turnschuhen", [["Turnschuhen", ["кроссовки"]]]],
	[
		"sofa couch",
		[
			["sofa", ["couch", "chesterfield settee"]],
			["couch", ["sofa", "chesterfield settee"]],
		],
	],
	["", []],
])("in %j the shop's words are %j", (text, meant) => {
	expect(SHOP.meantBy(text).map(({ start, end, phrases }) => [text.slice(start, end), phrases])).toEqual(meant);
});

test("a shop without synonyms means nothing but what is typed", () => {
	expect(createThesaurus([]).meantBy("sofa")).toEqual([]);
});
