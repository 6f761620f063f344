import type { Edgeshelf, Shelf } from "../../client/index.ts";
import type { Cart } from "./cart.ts";
import { type Catalogue, type Language, type Product, priceText, shortTitle } from "./catalogue.ts";
import { h } from "./dom.ts";
import type { Journal } from "./journal.ts";
import type { Place } from "./routes.ts";
import type { Words } from "./words/en.ts";

/** All that a page is drawn from. Made anew when the language changes. */
export type Shop = {
	readonly client: Edgeshelf;
	readonly catalogue: Catalogue;
	readonly cart: Cart;
	readonly journal: Journal;
	readonly language: Language;
	readonly words: Words;
	readonly hrefOf: (place: Place) => string;
	readonly go: (place: Place) => void;
	/** Calls once, when another page takes the place of this one. */
	readonly onLeave: (stop: () => void) => void;
};

/** Products in an order, and the recommendation that made it: null where everybody sees the same. */
export type Offered = { readonly products: readonly Product[]; readonly recommendationId: string | null };

/** A page: what stands in `<main>`, and the title of the tab. */
export type Page = { readonly title: string; readonly content: readonly Node[] };

export const titleIn = ({ language }: Shop, product: Product): string => shortTitle(product, language);
export const priceIn = ({ language }: Shop, product: Product): string => priceText(product.price, product.currency, language);
export const productHref = ({ hrefOf }: Shop, { id }: Product): string => hrefOf({ page: "product", item: id });

/** Price and currency, as events carry them. */
export const worth = ({ price, currency }: Product, pieces = 1) => ({ value: price * pieces, currency });

/** A row of products that the SDK keeps up to date. */
export function shelf(
	heading: string,
	question: {
		readonly surface: string;
		readonly shelf?: Shelf;
		readonly item?: string;
		readonly items?: readonly string[];
		readonly category?: string;
		readonly limit?: number;
	},
): HTMLElement {
	return h("edge-shelf" as "section", { ...question, items: question.items && JSON.stringify(question.items), heading, reasons: true });
}
