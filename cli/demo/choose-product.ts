import type { DemoProduct } from "./catalogue.ts";
import type { Persona } from "./persona.ts";
import { pickWeighted, type Random, randomFrom, shuffled } from "./random.ts";

/** Exponent of Zipf's law over the ranks of a category's designs. */
const ZIPF_EXPONENT = 0.8;

/** The shop as shoppers find it: products by category key, and how prominent each one is. */
export type Shelves = {
	readonly byCategory: ReadonlyMap<string, readonly DemoProduct[]>;
	readonly all: readonly DemoProduct[];
	/** Zipf weight of the design times the variant's, by product id. */
	readonly prominence: ReadonlyMap<string, number>;
};

export function shelvesOf(products: readonly DemoProduct[], seed: string): Shelves {
	const byCategory = Map.groupBy(products, ({ category }) => category.key);
	const prominence = new Map<string, number>();
	for (const [key, listed] of byCategory) {
		const random = randomFrom(`${seed} prominence ${key}`);
		const designs = shuffled(random, [...new Set(listed.map(({ product }) => product.group))]);
		for (const { product } of listed) {
			const rank = designs.indexOf(product.group) + 1;
			prominence.set(product.id, rank ** -ZIPF_EXPONENT * (0.5 + random()));
		}
	}
	return { byCategory, all: products, prominence };
}

/**
 * The next product a shopper opens within a category: prominence times how well it fits. Style, brand and colour each
 * multiply, the price falls off on both sides of the purse, sold-out products are rarely opened.
 * @param last the product opened before, whose brand and colour carry over
 * @returns undefined when everything on the shelf was opened
 */
export function chooseWithin(
	random: Random,
	shelves: Shelves,
	category: string,
	persona: Persona,
	seen: ReadonlySet<string>,
	last: DemoProduct | undefined,
): DemoProduct | undefined {
	const candidates = (shelves.byCategory.get(category) ?? []).filter(({ product }) => !seen.has(product.id));
	if (candidates.length === 0) return undefined;
	return pickWeighted(
		random,
		candidates,
		(candidate) => (shelves.prominence.get(candidate.product.id) ?? 0) * fitOf(candidate, persona, last),
	);
}

function fitOf(candidate: DemoProduct, persona: Persona, last: DemoProduct | undefined): number {
	let fit = Math.exp(-(((candidate.priceLevel - persona.purse) / 0.3) ** 2));
	if (candidate.style === persona.style) fit *= 4;
	if (persona.brands.has(candidate.brand.name)) fit *= 3;
	if (persona.colours.has(candidate.colour)) fit *= 2;
	if (last !== undefined && last.brand === candidate.brand) fit *= 2;
	if (last !== undefined && last.colour === candidate.colour) fit *= 1.5;
	if (candidate.product.stock === 0) fit *= 0.2;
	return fit;
}

/** Another colour or size of the same design. @returns undefined when all were opened */
export function chooseVariant(random: Random, shelves: Shelves, of: DemoProduct, seen: ReadonlySet<string>): DemoProduct | undefined {
	const variants = (shelves.byCategory.get(of.category.key) ?? []).filter(
		({ product }) => product.group === of.product.group && !seen.has(product.id),
	);
	return variants.length === 0 ? undefined : pickWeighted(random, variants, () => 1);
}

/** Anything in the shop, by prominence alone: a banner, a slip of the finger. */
export const chooseAnything = (random: Random, shelves: Shelves): DemoProduct =>
	pickWeighted(random, shelves.all, ({ product, category }) => (shelves.prominence.get(product.id) ?? 0) * category.demand);
