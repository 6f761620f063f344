import type { ShopEvent } from "../../src/contract/event.ts";
import type { DemoProduct } from "./catalogue.ts";
import { chooseAnything, chooseVariant, chooseWithin, type Shelves } from "./choose-product.ts";
import { COMPLEMENTS } from "./complements.ts";
import type { Persona } from "./persona.ts";
import { pick, pickWeighted, type Random } from "./random.ts";

/** What a shopper does, before it is written as a log line. */
export type Action = {
	readonly type: ShopEvent["type"];
	readonly product: DemoProduct | null;
	readonly query: string | null;
	readonly surface: string;
	/** Seconds since the session began. */
	readonly after: number;
	/** Pieces; null where the type has none. */
	readonly quantity: number | null;
};

/** Shares out of 1, measured on nobody: plausible for a shop of this kind. */
const RATES = {
	stay: 0.7,
	noise: 0.05,
	variant: 0.45,
	complement: 0.24,
	search: 0.25,
	click: 0.4,
	cart: 0.13,
	uncart: 0.08,
	purchase: 0.5,
	dismiss: 0.01,
};
const MAX_PRODUCTS = 25;

/**
 * One session, in order of time. From each product the shopper leaves (1 - stay), or goes on: by chance anywhere (noise),
 * to another variant (those who compare), to a complement of the category, else to the next product of its intent.
 * Each product is viewed; some views come by a click on a shelf, some lead to the cart, and a full cart may be bought.
 */
export function browse(random: Random, shelves: Shelves, persona: Persona): Action[] {
	const actions: Action[] = [];
	const seen = new Set<string>();
	const cart: DemoProduct[] = [];
	let after = 0;
	let surface = persona.referrer === "search" ? "search" : "home";
	const act = (type: Action["type"], product: DemoProduct | null, extra: Partial<Action> = {}) => {
		actions.push({ type, product, query: null, surface, after, quantity: null, ...extra });
		after += 2 + Math.floor(-Math.log(1 - random()) * (type === "view" ? 45 : 6));
	};
	const open = (product: DemoProduct) => {
		seen.add(product.product.id);
		if (random() < RATES.click) act("click", product);
		surface = "product";
		act("view", product);
		if (random() < RATES.dismiss) act("dismiss", product);
		if (product.product.stock === 0 || random() >= RATES.cart) return;
		act("cart", product, { quantity: 1 });
		if (random() < RATES.uncart) act("uncart", product, { quantity: 1 });
		else cart.push(product);
	};

	for (const intent of persona.intents) {
		let category = intent;
		let last: DemoProduct | undefined;
		if (random() < RATES.search) {
			surface = "search";
			act("search", null, { query: queryFor(random, shelves, category) });
		}
		while (seen.size < MAX_PRODUCTS) {
			let next: DemoProduct | undefined;
			const isNoise = random() < RATES.noise;
			if (isNoise) next = chooseAnything(random, shelves);
			else if (last !== undefined && random() < RATES.variant && persona.comparesVariants)
				next = chooseVariant(random, shelves, last, seen);
			else if (last !== undefined && random() < RATES.complement) category = complementOf(random, category);
			next ??= chooseWithin(random, shelves, category, persona, seen, last);
			if (next === undefined) break;
			if (!seen.has(next.product.id)) open(next);
			if (!isNoise) last = next;
			if (random() >= RATES.stay) break;
		}
	}
	if (cart.length > 0 && random() < RATES.purchase) {
		surface = "cart";
		for (const product of cart) act("purchase", product, { quantity: random() < 0.1 ? 2 : 1 });
	}
	return actions;
}

/** The nearer a complement stands in its list, the likelier it is; the shopper may return to where it came from. */
function complementOf(random: Random, category: string): string {
	const list = COMPLEMENTS[category] ?? [];
	return list.length === 0 ? category : pickWeighted(random, list, (key) => 1 / (1 + list.indexOf(key)));
}

/** Words a shopper would type: the category, or a colour and a form of it, in English or (one in five) Chinese. */
function queryFor(random: Random, shelves: Shelves, category: string): string {
	const example = pick(random, shelves.byCategory.get(category) ?? []);
	const form = example.category.forms[example.form] ?? example.category.name;
	if (random() < 0.2) return example.category.name.zh;
	return (random() < 0.5 ? example.category.name.en : `${example.colour} ${form.en}`).toLowerCase();
}
