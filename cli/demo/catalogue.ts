import type { Product } from "../../src/contract/product.ts";
import { BRANDS, type Brand, type Style, type Tier } from "./brands.ts";
import type { Category, Pattern, Word } from "./categories/category.ts";
import { CATEGORIES } from "./categories/index.ts";
import { COLOURS, type ColourKey } from "./palette.ts";
import { pictureName } from "./pictures.ts";
import { pick, pickWeighted, type Random, randomFrom, shuffled } from "./random.ts";
import { RANGE_NAMES } from "./range-names.ts";

/** Designs of each category; a design has two to four variants. */
const DESIGNS_PER_CATEGORY = 13;
/** What a brand's tier does to the category's price. */
const TIER_PRICE: Record<Tier, number> = { 1: 0.7, 2: 1, 3: 1.55 };
const PATTERN_WORDS: Record<Pattern, Word> = {
	plain: { en: "", zh: "" },
	stripes: { en: "Striped", zh: "条纹" },
	dots: { en: "Dotted", zh: "圆点" },
	check: { en: "Checked", zh: "格纹" },
	sprig: { en: "Sprigged", zh: "碎花" },
};

/** A product as the shop lists it, with the traits that simulated shoppers choose by. */
export type DemoProduct = {
	readonly product: Product;
	readonly category: Category;
	readonly brand: Brand;
	readonly style: Style;
	readonly form: number;
	readonly colour: ColourKey;
	readonly pattern: Pattern;
	/** Within its category, 0 cheapest to 1 dearest: the middle of the price range that its brand's tier allows. */
	readonly priceLevel: number;
};

/** One design before it is split into variants. */
type Design = {
	readonly category: Category;
	readonly number: number;
	readonly brand: Brand;
	readonly form: number;
	readonly material: Word;
	readonly pattern: Pattern;
	readonly range: Word;
	readonly colours: readonly ColourKey[];
	/** Cents, of the smallest size. */
	readonly price: number;
};

/**
 * The demo shop's products: the same list on every machine.
 * @returns in order of category, design and variant; ids are unique
 */
export function makeCatalogue(seed = "edgeshelf demo"): DemoProduct[] {
	return CATEGORIES.flatMap((category) => {
		const random = randomFrom(`${seed} ${category.key}`);
		const brands = BRANDS.filter((brand) => brand.departments.includes(category.department));
		const ranges = shuffled(random, RANGE_NAMES);
		return Array.from({ length: DESIGNS_PER_CATEGORY }, (_, i) => {
			const design = designOf(random, category, i + 1, brands[i % brands.length] as Brand, ranges[i] as Word);
			return variantsOf(random, design);
		}).flat();
	});
}

function designOf(random: Random, category: Category, number: number, brand: Brand, range: Word): Design {
	const [low, high] = category.price;
	// The square draws more designs near the lower end, as shops have them.
	const base = low + (high - low) * random() ** 2;
	return {
		category,
		number,
		brand,
		form: number % category.forms.length,
		material: pick(random, category.materials),
		pattern: pickWeighted(random, category.patterns, (pattern) => (pattern === "plain" ? 2 : 1)),
		range,
		colours: shuffled(random, category.colours),
		price: roundPrice(base * TIER_PRICE[brand.tier]),
	};
}

function variantsOf(random: Random, design: Design): DemoProduct[] {
	const { category, brand } = design;
	const count = category.variants === "size" ? category.sizes.length : 2 + Math.floor(random() * 3);
	return Array.from({ length: count }, (_, i) => {
		const colour = design.colours[category.variants === "size" ? 0 : i] as ColourKey;
		const size =
			category.variants === "size" ? (category.sizes[i] as string) : (category.sizes[design.number % category.sizes.length] as string);
		const price = category.variants === "size" ? roundPrice(design.price * (1 + 0.45 * i)) : design.price;
		const product = productOf(design, colour, size, price, stockOf(random), i);
		const [low, high] = category.price;
		const priceLevel = Math.min(1, Math.max(0, (design.price - low * TIER_PRICE[1]) / (high * TIER_PRICE[3] - low * TIER_PRICE[1])));
		return { product, category, brand, style: brand.style, form: design.form, colour, pattern: design.pattern, priceLevel };
	});
}

function productOf(design: Design, colour: ColourKey, size: string, price: number, stock: number, variant: number): Product {
	const { category, brand, range, material, pattern } = design;
	const form = category.forms[design.form] as Word;
	const group = `${category.key}-${String(design.number).padStart(2, "0")}`;
	const told =
		category.variants === "size"
			? {
					id: size.replaceAll(/[^0-9A-Za-z.]+/g, ""),
					en: size,
					zh: size.replace(" persons", "人").replace(" pieces", "块").replace("one size", "均码"),
				}
			: { id: colour, en: titleCase(colour), zh: COLOURS[colour].zh };
	const words = PATTERN_WORDS[pattern];
	return {
		id: `${group}-${told.id.toLowerCase()}`,
		title: `${[brand.name, range.en, words.en, material.en, form.en].filter(Boolean).join(" ")}, ${told.en}`,
		titles: {
			zh: `${brand.name}「${range.zh}」${category.variants === "colour" ? told.zh : ""}${words.zh}${material.zh}${form.zh}${category.variants === "size" ? ` ${told.zh}` : ""}`,
		},
		description: describe(design, colour, form, variant),
		category: category.name.en,
		brand: brand.name,
		price,
		currency: "EUR",
		stock,
		image: `/pictures/${pictureName({ category: category.key, form: design.form, colour, pattern })}`,
		url: `/?item=${group}-${told.id.toLowerCase()}`,
		group,
		attributes: {
			colour,
			material: material.en,
			size,
			season: category.season,
			style: brand.style,
			form: form.en,
			pattern,
			department: category.department,
		},
	};
}

function describe(design: Design, colour: ColourKey, form: Word, variant: number): string {
	const { category, brand, material, range, pattern } = design;
	const surface =
		pattern === "plain"
			? ""
			: ` with a ${pattern === "sprig" ? "sprig print" : `${pattern} pattern`.replace("stripes pattern", "striped pattern")}`;
	const taste = {
		classic: "Made to be kept.",
		minimal: "Nothing on it that need not be there.",
		playful: "It does not take itself too seriously.",
		rustic: "Honest and a little rough, as it should be.",
		sporty: "Ready when you are.",
	};
	const more = variant === 0 ? "" : ` Part of the ${range.en} range.`;
	return `${form.en} in ${material.en.toLowerCase()}, ${colour}${surface}, by ${brand.name}. ${taste[brand.style]}${more} For ${category.season === "all year" ? "every season" : category.season}.`;
}

/** About 4 in 100 are sold out, 8 in 100 are down to the last pieces. */
function stockOf(random: Random): number {
	const drawn = random();
	if (drawn < 0.04) return 0;
	if (drawn < 0.12) return 1 + Math.floor(random() * 4);
	return 5 + Math.floor(random() * 195);
}

/** Cents to a shelf price: .50 or .90 below 20 euros, whole euros less ten cents above. */
function roundPrice(cents: number): number {
	if (cents < 2000) return Math.max(250, Math.round(cents / 50) * 50 - (Math.round(cents / 50) % 2 === 0 ? 10 : 0));
	return Math.round(cents / 100) * 100 - 10;
}

const titleCase = (text: string): string => text[0]?.toUpperCase() + text.slice(1);
