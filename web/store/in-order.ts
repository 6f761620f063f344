import type { Product } from "./catalogue.ts";
import type { Offered, Shop } from "./shop.ts";

/** Longest that a list waits for its personal order, milliseconds: later it would move under the shopper's eyes. */
const ORDER_MAX_MS = 800;
/** As the route allows. */
const RANK_MAX_IDS = 1000;

/** Products in the order that suits the shopper; as they were where nothing is known, told or answered in time. */
export async function inPersonalOrder({ client }: Shop, products: readonly Product[], surface: string): Promise<Offered> {
	const away = new Set(client.dismissed());
	const asTheyWere = { products: products.filter(({ id }) => !away.has(id)), recommendationId: null };
	if (client.history().length === 0 || !client.maySendHistory()) return asTheyWere;
	const known = new Map(products.slice(0, RANK_MAX_IDS).map((product) => [product.id, product]));
	const late = new Promise<null>((resolve) => setTimeout(resolve, ORDER_MAX_MS, null));
	const answer = await Promise.race([client.post("/v1/rank", { ids: [...known.keys()], surface }).catch(() => null), late]);
	if (answer === null) return asTheyWere;
	const { items, recommendationId } = answer;
	return { products: [...items.flatMap(({ id }) => known.get(id) ?? []), ...products.slice(RANK_MAX_IDS)], recommendationId };
}
