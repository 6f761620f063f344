import { PROFILE_MAX_NAMES, type Preference, type ProfileRequest, type ProfileResponse } from "../contract/profile.ts";
import { HISTORY_EVENTS, type HistoryEvent } from "../contract/recommendation.ts";
import type { CodeColumn } from "../rank/columns.ts";
import { confidenceFrom, effectiveNumber, preferencesOf, sharesBelow, weightedQuantile } from "../rank/preferences.ts";
import { knownHistory } from "../sequence/history.ts";
import type { OverlaidRelease } from "./overlaid-release.ts";

export type Profile = Omit<ProfileResponse, "release">;

/** What an act says of its shopper's taste. */
const ACT_WEIGHTS: Readonly<Record<HistoryEvent, number>> = { view: 1, click: 1, cart: 2, purchase: 4, search: 0 };
/** Entries after which an act counts half as much. */
const HALF_LIFE_ENTRIES = 30;
/** Shares of the history's weight between which the price band lies. */
const PRICE_FROM_SHARE = 0.2;
const PRICE_TO_SHARE = 0.8;

export const emptyProfile = (ignored: number): Profile => ({
	source: "static",
	ignored,
	categories: [],
	brands: [],
	price: null,
	novelty: null,
});

/** A portrait from the history alone: its products by act and age. What was dismissed is no part of it. */
export function drawProfile(release: OverlaidRelease, { history: sent }: ProfileRequest, now: number): Profile {
	const history = knownHistory({ history: sent, item: null }, release, now);
	const weights = new Map<number, number>();
	for (const [place, { row, kind }] of history.entries.entries()) {
		if (row === null) continue;
		const act = ACT_WEIGHTS[HISTORY_EVENTS[kind - 1] as HistoryEvent];
		weights.set(row, (weights.get(row) ?? 0) + act * 0.5 ** ((history.entries.length - 1 - place) / HALF_LIFE_ENTRIES));
	}
	const products = effectiveNumber(weights.values());
	if (products === 0) return emptyProfile(history.ignored);
	const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
	/** Weights as numbers of products, so that ten looks at one product are not ten products. */
	const counted = Array.from(weights, ([row, weight]) => [row, (weight / total) * products] as const);
	const confidence = confidenceFrom(products);
	const { codes } = release;
	const brand = codes.attributeOf("brand");
	const brandNames = brand === -1 ? [] : codes.valueNames(brand);
	return {
		source: "session",
		ignored: history.ignored,
		categories: preferences(release, counted, (table) => table.category, codes.categoryName),
		brands:
			brand === -1
				? []
				: preferences(
						release,
						counted,
						(table) => table.attributes[brand],
						(code) => brandNames[code] ?? null,
					),
		price: priceBand(release, counted),
		novelty: { value: noveltyOf(release, counted, products), confidence },
	};
}

type Weighted = readonly (readonly [row: number, products: number])[];
type ColumnOf = (table: OverlaidRelease["tables"][number]) => CodeColumn | undefined;

function preferences(
	release: OverlaidRelease,
	counted: Weighted,
	columnOf: ColumnOf,
	nameOf: (code: number) => string | null,
): Preference[] {
	const taken = new Map<number, number>();
	for (const [row, products] of counted) {
		const [table, at] = release.locate(row);
		const code = columnOf(table)?.[at] ?? -1;
		if (code !== -1) taken.set(code, (taken.get(code) ?? 0) + products);
	}
	const offered = new Map<number, number>();
	for (const table of release.tables) {
		const column = columnOf(table);
		for (let at = 0; at < table.count; at++) {
			const code = column?.[at] ?? -1;
			if (code !== -1 && table.hidden[at] === 0) offered.set(code, (offered.get(code) ?? 0) + 1);
		}
	}
	return preferencesOf(taken, offered)
		.flatMap(({ code, share, confidence }) => {
			const name = nameOf(code);
			return name === null ? [] : [{ name, share, confidence }];
		})
		.slice(0, PROFILE_MAX_NAMES);
}

function priceBand(release: OverlaidRelease, counted: Weighted): Profile["price"] {
	const priced = counted.flatMap(([row, products]) => {
		const [table, at] = release.locate(row);
		const price = table.price[at] as number;
		return price === -1 ? [] : [[price, products] as const];
	});
	if (priced.length === 0) return null;
	return {
		from: weightedQuantile(priced, PRICE_FROM_SHARE),
		to: weightedQuantile(priced, PRICE_TO_SHARE),
		confidence: confidenceFrom(effectiveNumber(priced.map(([, products]) => products))),
	};
}

/**
 * Mean share of the catalogue that is more popular than what the shopper takes.
 * @see Vargas & Castells, "Rank and relevance in novelty and diversity metrics for recommender systems", RecSys 2011
 */
function noveltyOf(release: OverlaidRelease, counted: Weighted, products: number): number {
	const popularity = counted.map(([row]) => {
		const [table, at] = release.locate(row);
		return table.popularity[at] as number;
	});
	const below = sharesBelow(
		popularity,
		release.tables.map((table) => ({ column: table.popularity, rows: table.count })),
	);
	return counted.reduce((sum, [, weight], n) => sum + weight * (1 - (below[n] as number)), 0) / products;
}
