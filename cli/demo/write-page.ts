import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCatalogue } from "./catalogue.ts";
import { CATEGORIES } from "./categories/index.ts";
import { writePictures } from "./pictures.ts";

const WEB = fileURLToPath(new URL("../../web/", import.meta.url));

/**
 * Writes what the demo page shows beside the answers of the API: `pictures/*.svg` and `catalogue.json`.
 * Files that are right already stay untouched, so that a watching `wrangler dev` does not reload.
 */
export function writePage(web = WEB): void {
	const catalogue = makeCatalogue();
	mkdirSync(web, { recursive: true });
	writePictures(
		join(web, "pictures"),
		catalogue.map(({ category, form, colour, pattern }) => ({ category: category.key, form, colour, pattern })),
	);
	const cards = {
		categories: CATEGORIES.map(({ name }) => name),
		products: catalogue.map(({ product }) => ({
			id: product.id,
			en: product.title,
			zh: product.titles?.zh,
			category: product.category,
			brand: product.brand,
			price: product.price,
			currency: product.currency,
			soldOut: product.stock === 0,
			image: product.image,
		})),
	};
	const file = join(web, "catalogue.json");
	const text = `${JSON.stringify(cards)}\n`;
	if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
