import * as v from "valibot";
import { LanguageTag } from "./language.ts";
import { ItemId, Label, Limit, MinorUnits } from "./primitives.ts";
import { Filter, FlagText, History, IdsToLeaveOut, LimitText, RecommendedItem, RulesNamed, SOURCES, Surface } from "./recommendation.ts";

/**
 * Shelves of a shop. `recently-viewed` and `buy-again` come from the history sent and are as long as it allows; the
 * others are filled up with what is popular.
 */
export const SHELVES = ["personal", "similar", "bought-together", "trending", "popular", "new", "recently-viewed", "buy-again"] as const;
export type Shelf = (typeof SHELVES)[number];

/** Products that one cart may hold. */
export const CART_MAX_ITEMS = 100;
/** Shelves that one page may hold. */
export const PAGE_MAX_SHELVES = 12;

/** The product that a shelf is about. Without it: the newest of the history. Never shown itself. */
const Item = v.nullish(ItemId, null);
/** Products of a cart. Without them: `item`, else what the history put into the cart. Never shown themselves. */
const Cart = v.optional(v.pipe(v.array(ItemId), v.maxLength(CART_MAX_ITEMS)), []);

/** `POST /v1/shelves/{shelf}`. */
export const ShelfRequest = v.strictObject({
	history: History,
	item: Item,
	items: Cart,
	limit: Limit,
	exclude: IdsToLeaveOut,
	excludeSeen: v.optional(v.boolean(), true),
	filter: v.optional(Filter, {}),
	/** The shelf's name unless told. */
	surface: v.optional(Surface),
	explain: v.optional(v.boolean(), false),
	/** Of the reasons' sentences, with `explain`. */
	language: v.optional(LanguageTag),
});
export type ShelfRequest = v.InferOutput<typeof ShelfRequest>;

const Price = v.optional(v.pipe(v.string(), v.regex(/^\d{1,10}$/, "must be a whole number"), v.transform(Number), MinorUnits));

/** Query string of the public, cacheable forms; values arrive as text. */
export const PublicShelfQuery = v.strictObject({
	category: v.optional(Label),
	priceFrom: Price,
	priceTo: Price,
	inStock: FlagText,
	limit: LimitText,
	explain: FlagText,
	/** Of the reasons' sentences, with `explain`; no header is read. */
	language: v.optional(LanguageTag),
});
export type PublicShelfQuery = v.InferOutput<typeof PublicShelfQuery>;

const shelfFields = {
	shelf: v.picklist(SHELVES),
	/** `personal`: the encoder had a say; `session`: the history or the product, by tables alone; `popular`: lists alone. */
	source: v.picklist(SOURCES),
	rules: RulesNamed,
	/** One variant of each product. Scores tell the order within this shelf, and nothing else; what fills it up has 0. */
	items: v.array(RecommendedItem),
};

export const ShelfResponse = v.strictObject({
	recommendationId: v.nullable(v.string()),
	release: v.nullable(v.string()),
	...shelfFields,
	/** History entries that neither the release nor the overlay knows. */
	ignored: v.number(),
});
export type ShelfResponse = v.InferOutput<typeof ShelfResponse>;

/** `POST /v1/page`: several shelves with no product twice. */
export const PageRequest = v.strictObject({
	history: History,
	/** In the order that holds between shelves of equal worth. */
	shelves: v.pipe(
		v.array(
			v.strictObject({
				shelf: v.picklist(SHELVES),
				item: Item,
				items: Cart,
				limit: Limit,
				/** In place of the page's filter. */
				filter: v.optional(Filter),
				surface: v.optional(Surface),
			}),
		),
		v.minLength(1),
		v.maxLength(PAGE_MAX_SHELVES),
	),
	exclude: IdsToLeaveOut,
	excludeSeen: v.optional(v.boolean(), true),
	filter: v.optional(Filter, {}),
	explain: v.optional(v.boolean(), false),
	/** Of the reasons' sentences, with `explain`. */
	language: v.optional(LanguageTag),
});
export type PageRequest = v.InferOutput<typeof PageRequest>;

export const PageResponse = v.strictObject({
	release: v.nullable(v.string()),
	ignored: v.number(),
	/** Of the highest expected value first; those with nothing to show are left out. */
	shelves: v.array(
		v.strictObject({
			recommendationId: v.nullable(v.string()),
			release: v.nullable(v.string()),
			/** Place of the shelf in the request, from 0. */
			asked: v.number(),
			...shelfFields,
			/** Chance, among all that the page could show, that the shopper takes something of the shelf; places further down count less. */
			expected: v.number(),
		}),
	),
});
export type PageResponse = v.InferOutput<typeof PageResponse>;
