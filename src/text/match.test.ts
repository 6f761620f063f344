import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyseProduct, type Bm25fWeights, FIELDS, type FieldTexts, idfOf } from "./bm25f.ts";
import { editDistance } from "./edit-distance.ts";
import { createLexicon } from "./lexicon.ts";
import { createMatcher } from "./match.ts";
import { readQuery } from "./query.ts";
import { buildIndex } from "./search-index.ts";

const titled = (title: string, more: Partial<Record<(typeof FIELDS)[number], string>> = {}): FieldTexts =>
	Object.fromEntries(
		FIELDS.map((field) => {
			const text = field === "title" ? title : more[field];
			return [field, text === undefined ? [] : [{ text, language: "en" }]];
		}),
	) as unknown as FieldTexts;

/** b = 0 and k1 = 1: a word that stands once in a title weighs w / (1 + w). */
const FLAT: Bm25fWeights = {
	k1: 1,
	weight: { title: 4, brand: 1, category: 1, attributes: 1, description: 1 },
	b: { title: 0, brand: 0, category: 0, attributes: 0, description: 0 },
};

function shop(products: readonly FieldTexts[]) {
	const index = buildIndex(products.map(analyseProduct), FLAT);
	const lexicon = createLexicon([index]);
	const matcher = createMatcher(index);
	return {
		index,
		/** Rows best first with their scores. */
		find(query: string) {
			const { rows, size, scores, words } = matcher.match(readQuery(query, lexicon), lexicon, products.length);
			return [...rows.subarray(0, size)]
				.map((row) => ({ row, score: scores[row] as number, words: words[row] as number }))
				.sort((a, b) => b.score - a.score || a.row - b.row);
		},
	};
}
const rowsOf = (found: readonly { row: number }[]) => found.map(({ row }) => row);

const SHOP = shop([
	titled("Red leather shoes", { brand: "Acme" }),
	titled("Shoe polish", { description: "For red and black leather" }),
	titled("Wireless headset HS-500", { brand: "Acme" }),
	titled("哑光口红"),
	titled("Smart watch strap"),
]);

test("a word counts by its field: idf times w tf / (k1 + w tf), in steps of 1/255", () => {
	const found = SHOP.find("leather");
	expect(rowsOf(found)).toEqual([0, 1]);
	const idf = idfOf(5, 2); // ln(1 + 3.5 / 2.5)
	expect(idf).toBeCloseTo(0.8755, 4);
	expect(found[0]?.score).toBeCloseTo((idf * Math.round((255 * 4) / 5)) / 255, 5);
	expect(found[1]?.score).toBeCloseTo((idf * Math.round(255 / 2)) / 255, 5);
});

test("a last word that nothing has finds what begins so, most of it beside the other words; one that exists, or stands before, does not", () => {
	const shoes = shop([
		titled("Red sneakers"),
		titled("Blue sneakers"),
		titled("Blue sneezing powder"),
		titled("Sun hat"),
		titled("Sunglasses"),
	]);
	expect(rowsOf(shoes.find("snea"))).toEqual([0, 1]);
	expect(rowsOf(shoes.find("snee"))).toEqual([2]);
	expect(rowsOf(shoes.find("blue sne")).slice(0, 2)).toEqual([1, 2]);
	expect(shoes.find("red sne").filter(({ words }) => words === 3)).toMatchObject([{ row: 0 }]);
	expect(rowsOf(shoes.find("sun"))).toEqual([3]);
	expect(shoes.find("sne blue").every(({ words }) => words === 2)).toBe(true);
	expect(shoes.find("sn")).toEqual([]);
	expect(shop([titled("Lamp 12345678")]).find("12345")).toEqual([]);
	const greens = shop([...Array.from({ length: 60 }, (_, n) => titled(`Green shirt ${n}`)), titled("Grenadine syrup")]);
	expect(rowsOf(greens.find("gren"))).not.toContain(60);
	const [word] = readQuery("snea", createLexicon([shoes.index]));
	expect(word?.ways).toMatchObject([{ form: "sneakers", edits: 1 }]);
});

test("two words that the catalogue also writes as one are no mistyping of a third", () => {
	const repeated = (count: number, text: string) => Array.from({ length: count }, () => titled(text));
	const bags = shop([
		...repeated(30, "Handbag leather"),
		...repeated(5, "Hand cream"),
		...repeated(5, "Gym bag"),
		...repeated(9, "Sandbag training"),
	]);
	const words = readQuery("hand bag", createLexicon([bags.index]));
	expect(words.flatMap(({ ways }) => ways.flatMap(({ terms }) => terms))).toEqual(["hand", "handbag", "handbag", "bag"]);
});

test("a product is told by which words of the query it has", () => {
	expect(SHOP.find("red shoes").map(({ row, words }) => [row, words])).toEqual([
		[0, 0b11],
		[1, 0b11],
	]);
	expect(SHOP.find("acme shoes").map(({ row, words }) => [row, words])).toEqual([
		[0, 0b11],
		[1, 0b10],
		[2, 0b01],
	]);
});

test.each<[string, number[]]>([
	["shoe", [1, 0]],
	["hs500", [2]],
	["HS 500", [2]],
	["head set", [2]],
	["smartwatch", [4]],
	["lether", [0, 1]],
	["wierless", [2]],
	["haedset", [2]],
	["口红", [3]],
	["红", [3]],
	["口光", [3]],
	["nothing here", []],
	["...", []],
])("%j finds %j", (query, rows) => {
	expect(rowsOf(SHOP.find(query)).sort()).toEqual([...rows].sort());
});

test("the best way to meet a word counts, not the sum of all", () => {
	const { find } = shop([titled("headset"), titled("head set"), titled("lamp")]);
	const found = find("headset");
	expect(rowsOf(found)).toEqual([0, 1]);
	expect(found[0]?.score).toBeGreaterThan(found[1]?.score as number);
});

test("prefixes and near words are found among the written forms", () => {
	const { vocabulary } = SHOP.index;
	const beginning = (prefix: string) => vocabulary.beginning(prefix).map(({ form }) => form);
	expect(beginning("sh")).toEqual(["shoe", "shoes"]);
	expect(beginning("zz")).toEqual([]);
	expect(vocabulary.near("polsih", "polsih", 1)).toMatchObject([{ form: "polish", edits: 1 }]);
	expect(vocabulary.near("polish", "polish", 1)).toEqual([]);
});

test("the signatures never hide a word that is near enough", () => {
	const words = fc.string({ unit: fc.constantFrom(..."abcdez1"), minLength: 1, maxLength: 7 });
	fc.assert(
		fc.property(fc.uniqueArray(words, { minLength: 1, maxLength: 12 }), words, (titles, word) => {
			const { vocabulary } = buildIndex(titles.map((title) => analyseProduct(titled(title))));
			for (const most of [1, 2]) {
				const near = new Set(vocabulary.near(word, word, most).map(({ id }) => id));
				for (const [place, form] of vocabulary.forms.texts.entries()) {
					const id = vocabulary.forms.terms[place] as number;
					if (editDistance(word, form, most) <= most && vocabulary.termOf(id) !== word) expect(near.has(id)).toBe(true);
				}
			}
		}),
	);
});

test.each([
	["kitten", "sitting", 3],
	["form", "from", 1],
	["ca", "abc", 3],
	["", "ab", 2],
	["same", "same", 0],
])("%s is %s after %i edits", (a, b, edits) => {
	expect(editDistance(a, b, 3)).toBe(edits);
	expect(editDistance(b, a, 3)).toBe(edits);
	expect(editDistance(a, b, 1)).toBe(Math.min(edits, 2));
});
