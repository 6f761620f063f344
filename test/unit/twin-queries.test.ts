import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeCatalogue } from "../../cli/demo/catalogue.ts";
import { COLOURS } from "../../cli/demo/palette.ts";
import { randomFrom, shuffled } from "../../cli/demo/random.ts";
import { readWords } from "../../src/pipeline/read-words.ts";
import { find, idOf, maskSegments } from "../../src/pipeline/search/find.ts";
import { buildSegment, readProduct } from "../../src/pipeline/search/segment.ts";
import { ITEM_SPACE_WEIGHTS } from "../../src/text/relevance.ts";

const PAIRS = 100;

/** Queries for a form of product, alone, with its material or with its colour, as the shop names them in both languages. */
function twinQueries(products: ReturnType<typeof makeCatalogue>): [english: string, chinese: string][] {
	const pairs = new Map<string, [string, string]>();
	for (const { product, category, form, colour } of products) {
		const noun = category.forms[form];
		const material = category.materials.find(({ en }) => en === product.attributes.material);
		if (noun === undefined) continue;
		pairs.set(noun.en, [noun.en, noun.zh]);
		if (material !== undefined) pairs.set(`${material.en} ${noun.en}`, [`${material.en} ${noun.en}`, material.zh + noun.zh]);
		const { key, zh } = COLOURS[colour];
		if (category.variants === "colour") pairs.set(`${key} ${noun.en}`, [`${key} ${noun.en}`, zh + noun.zh]);
	}
	return shuffled(randomFrom("twin queries"), [...pairs.values()]).slice(0, PAIRS);
}

test("a Chinese query finds what its English twin finds: 8 of the first 10 on average", () => {
	const products = makeCatalogue();
	const segment = buildSegment(products.map(({ product }) => readProduct(product.id, { ...product, firstSeenAt: 0 })));
	maskSegments([segment], {}, new Set());
	const table = readWords(new Uint8Array(readFileSync(new URL("../../models/demo/text.bin", import.meta.url))), null);
	if (!table.ok) throw new Error(table.error);
	const firstTen = (query: string) => find([segment], query, table.value, ITEM_SPACE_WEIGHTS).hits.slice(0, 10).map(idOf);
	const pairs = twinQueries(products);
	const overlaps = pairs.map(([english, chinese]) => {
		const found = new Set(firstTen(english));
		return firstTen(chinese).filter((id) => found.has(id)).length / 10;
	});
	expect(pairs).toHaveLength(PAIRS);
	expect(overlaps.reduce((sum, overlap) => sum + overlap, 0) / PAIRS).toBeGreaterThanOrEqual(0.8);
});
