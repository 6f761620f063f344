import { analyse, formOf, type Language } from "./analyse.ts";

/** Fields of a product in the order of their bits. */
export const FIELDS = ["title", "brand", "category", "attributes", "description"] as const;
export type Field = (typeof FIELDS)[number];

/** What is indexed of a product: texts by field; a field may hold several, such as titles in further languages. */
export type FieldTexts = Readonly<Record<Field, readonly { readonly text: string; readonly language: Language }[]>>;

/**
 * How much a word of each field counts, and how strongly a long field is held against it (b). k1: how soon a repeated
 * word stops counting.
 */
export type Bm25fWeights = {
	readonly k1: number;
	readonly weight: Readonly<Record<Field, number>>;
	readonly b: Readonly<Record<Field, number>>;
};

export const BM25F_WEIGHTS: Bm25fWeights = {
	k1: 1.2,
	weight: { title: 5, brand: 1, category: 1, attributes: 0.5, description: 1 },
	b: { title: 0.3, brand: 0.3, category: 0.3, attributes: 0.75, description: 0.75 },
};

/** Terms of one product with how often each stands in each field. */
export type AnalysedProduct = {
	/** By term: counts, shape [FIELDS]. */
	readonly counts: ReadonlyMap<string, Uint16Array>;
	/** Terms of each field, shape [FIELDS]. */
	readonly lengths: Uint32Array;
	/** Written forms, in lower case, with the term of each. */
	readonly forms: ReadonlyMap<string, string>;
	/** Languages of its texts. */
	readonly languages: ReadonlySet<Language>;
};

export function analyseProduct(fields: FieldTexts): AnalysedProduct {
	const counts = new Map<string, Uint16Array>();
	const lengths = new Uint32Array(FIELDS.length);
	const forms = new Map<string, string>();
	const languages = new Set<Language>();
	for (const [f, field] of FIELDS.entries()) {
		for (const { text, language } of fields[field]) {
			languages.add(language);
			const terms = analyse(text, language);
			for (const { term, start, end } of terms) {
				forms.set(formOf(text.slice(start, end)), term);
				const of = counts.get(term) ?? new Uint16Array(FIELDS.length);
				counts.set(term, of);
				of[f] = Math.min(0xffff, (of[f] as number) + 1);
			}
			lengths[f] = (lengths[f] as number) + terms.length;
		}
	}
	return { counts, lengths, forms, languages };
}

/**
 * Weight of a term in a product between 0 and 1: x / (k1 + x) with x = sum over fields of
 * w_f * tf_f / (1 - b_f + b_f * length_f / average_f).
 * @see Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004
 */
export function saturated(counts: Uint16Array, lengths: Uint32Array, averages: Float64Array, weights: Bm25fWeights): number {
	let x = 0;
	for (const [f, field] of FIELDS.entries()) {
		const tf = counts[f] as number;
		if (tf === 0) continue;
		const b = weights.b[field];
		x += (weights.weight[field] * tf) / (1 - b + (b * (lengths[f] as number)) / Math.max(averages[f] as number, 1e-9));
	}
	return x / (weights.k1 + x);
}

/** ln(1 + (N - n + 0.5) / (n + 0.5)), above 0 for every n. */
export const idfOf = (products: number, holding: number): number => Math.log(1 + (products - holding + 0.5) / (holding + 0.5));
