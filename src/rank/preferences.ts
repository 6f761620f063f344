/** Strength of the belief that a shopper takes what the catalogue offers, in products. */
const PRIOR_PRODUCTS = 2;
/** Products from which a value that is drawn from them is held to be as likely right as not. */
const EVEN_PRODUCTS = 4;

export type CodePreference = { readonly code: number; readonly share: number; readonly confidence: number };

/**
 * Which codes (categories, values of an attribute) a shopper prefers. The share of a code among what she takes has a
 * Beta posterior, whose prior is the code's share of the catalogue; the confidence is the chance that it lies above
 * that share, by a normal approximation.
 * @param taken   weight of each code in the history, as a number of products
 * @param offered products of each code in the catalogue
 * @returns by confidence, then share, then code
 */
export function preferencesOf(taken: ReadonlyMap<number, number>, offered: ReadonlyMap<number, number>): CodePreference[] {
	const total = sumOf(taken);
	const all = sumOf(offered);
	return [...taken]
		.map(([code, weight]) => {
			const base = all > 0 ? (offered.get(code) ?? 0) / all : 0;
			const strength = total + PRIOR_PRODUCTS;
			const mean = (weight + PRIOR_PRODUCTS * base) / strength;
			const deviation = Math.sqrt((mean * (1 - mean)) / (strength + 1));
			const isSure = deviation === 0;
			return { code, share: weight / total, confidence: isSure ? Number(mean > base) : normalBelow((mean - base) / deviation) };
		})
		.sort((a, b) => b.confidence - a.confidence || b.share - a.share || a.code - b.code);
}

const sumOf = (weights: ReadonlyMap<number, number>): number => [...weights.values()].reduce((sum, weight) => sum + weight, 0);

/**
 * Chance that a standard normal value lies below z.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.17 (absolute error below 7.5e-8)
 */
export function normalBelow(z: number): number {
	const t = 1 / (1 + 0.2316419 * Math.abs(z));
	const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
	const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
	return z >= 0 ? 1 - above : above;
}

/**
 * How many equally weighted products the weights are worth: (sum of w)^2 / sum of w^2.
 * @see Kish, "Survey Sampling", 1965
 */
export function effectiveNumber(weights: Iterable<number>): number {
	let [sum, squares] = [0, 0];
	for (const weight of weights) {
		sum += weight;
		squares += weight * weight;
	}
	return squares > 0 ? (sum * sum) / squares : 0;
}

/** Confidence in a value drawn from so many products: n / (n + 4). */
export const confidenceFrom = (products: number): number => products / (products + EVEN_PRODUCTS);

/**
 * The value below which a share of the weight lies: the first, in ascending order, at which the weight reaches it.
 * @param weighted value and weight, at least one
 */
export function weightedQuantile(weighted: readonly (readonly [value: number, weight: number])[], share: number): number {
	const ascending = weighted.toSorted(([a], [b]) => a - b);
	const wanted = share * ascending.reduce((sum, [, weight]) => sum + weight, 0);
	let reached = 0;
	for (const [value, weight] of ascending) {
		reached += weight;
		if (reached >= wanted) return value;
	}
	return (ascending.at(-1) as readonly [number, number])[0];
}

/**
 * Share of a column's rows that lie below each value, half of those that are equal to it.
 * @param rows how many rows of each column count
 */
export function sharesBelow(
	values: readonly number[],
	columns: readonly { readonly column: Float32Array; readonly rows: number }[],
): number[] {
	const distinct = [...new Set(values)].sort((a, b) => a - b);
	const below = new Float64Array(distinct.length + 1);
	const equal = new Float64Array(distinct.length);
	let total = 0;
	for (const { column, rows } of columns) {
		for (let row = 0; row < rows; row++) {
			const value = column[row] as number;
			const place = firstNotBelow(distinct, value);
			if (distinct[place] === value) equal[place] = (equal[place] as number) + 1;
			// A row below the value at `place` is below all later ones too: summed up afterwards.
			else below[place] = (below[place] as number) + 1;
		}
		total += rows;
	}
	const shares = new Map<number, number>();
	let sum = 0;
	for (const [place, value] of distinct.entries()) {
		sum += below[place] as number;
		shares.set(value, total > 0 ? (sum + (equal[place] as number) / 2) / total : 0);
		sum += equal[place] as number;
	}
	return values.map((value) => shares.get(value) as number);
}

/** Place of the first of ascending values that is not below a value; their number where all are. */
function firstNotBelow(ascending: readonly number[], value: number): number {
	let [from, to] = [0, ascending.length];
	while (from < to) {
		const middle = (from + to) >> 1;
		if ((ascending[middle] as number) < value) from = middle + 1;
		else to = middle;
	}
	return from;
}
