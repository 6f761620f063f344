export type Language = "en" | "zh";
export type Word = Readonly<Record<Language, string>>;

/** A category; its English name is what the API knows it by. */
export type Category = Word & {
	readonly key: string;
	readonly department: string;
	readonly season: string;
	readonly forms: readonly Word[];
	readonly materials: readonly Word[];
};

export type Product = Word & {
	readonly id: string;
	readonly category: string;
	readonly brand: string;
	/** Minor unit. */
	readonly price: number;
	readonly currency: string;
	/** Pieces; 0: sold out. */
	readonly stock: number;
	readonly image: string;
	/** Variants of one product share it. */
	readonly group: string;
	/** Places in the category's lists. */
	readonly form: number;
	readonly material: number;
	readonly colour: string;
	readonly size: string;
	readonly pattern: string;
	readonly style: string;
};

type Listed = {
	readonly colours: Readonly<Record<string, { readonly zh: string; readonly hex: string }>>;
	readonly categories: readonly Category[];
	readonly products: readonly Product[];
};

export type Catalogue = ReturnType<typeof catalogueOf>;

export function catalogueOf({ colours, categories, products }: Listed) {
	const byId = new Map(products.map((product) => [product.id, product]));
	const byGroup = Map.groupBy(products, ({ group }) => group);
	const byName = new Map(categories.map((category) => [category.en, category]));
	return {
		colours,
		categories,
		products,
		/** In the order of the catalogue. */
		departments: [...new Set(categories.map(({ department }) => department))],
		product: (id: string) => byId.get(id),
		category: (name: string) => byName.get(name),
		/** All variants of a product, itself among them. */
		variants: ({ group }: Product) => byGroup.get(group) ?? [],
		categoriesOf: (department: string) => categories.filter((category) => category.department === department),
	};
}

/** One variant of each product, the first. */
export function onePerGroup(products: readonly Product[]): Product[] {
	const seen = new Set<string>();
	return products.filter(({ group }) => !seen.has(group) && seen.add(group));
}

/** A title without its brand, and in English without what tells variants apart: it stands elsewhere. */
export function shortTitle(product: Product, language: Language): string {
	const title = product[language].slice(product.brand.length).trim();
	return language === "en" ? title.replace(/,[^,]*$/, "") : title;
}

const FORMATS: Readonly<Record<Language, string>> = { en: "en-IE", zh: "zh-CN" };

export const priceText = (value: number, currency: string, language: Language): string =>
	new Intl.NumberFormat(FORMATS[language], { style: "currency", currency }).format(value / 100);
