import type { Fusion } from "../contract/release.ts";

/** How much the shopper's own orders count; a release of a log with orders has its own. */
export type BasketWeights = NonNullable<Fusion["baskets"]>;

/** Where a release has none: chosen on validation weeks of Online Retail. */
export const BASKET_WEIGHTS: BasketWeights = { own: 0.08, popular: 1 };

/** What a product gains along with a cart for the shopper's orders that held it; a link of the cart lies between 0 and 1. */
export const ownWeight = ({ own }: BasketWeights, orders: number): number => own * Math.log1p(orders);

/**
 * Score of what was bought before in the next basket: how many orders held it, and how much it is asked for of late.
 * Ages say nothing beyond that: what was bought last is no likelier to be bought next.
 * @param popularity of the last days where the release tells, 0 to 1
 */
export const againScore = ({ popular }: BasketWeights, orders: number, popularity: number): number =>
	Math.sqrt(orders) + popular * popularity;
