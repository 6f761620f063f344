import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCatalogue } from "./catalogue.ts";
import { CATEGORIES } from "./categories/index.ts";
import { COLOURS } from "./palette.ts";
import { writePictures } from "./pictures.ts";

const WEB = fileURLToPath(new URL("../../web/public/", import.meta.url));

/**
 * Writes what the demo shop shows beside the answers of the API: `pictures/*.svg` and `catalogue.json`.
 * Files that are right already stay untouched, so that a watching `wrangler dev` does not reload.
 */
export function writePage(web = WEB): void {
	const catalogue = makeCatalogue();
	mkdirSync(web, { recursive: true });
	writePictures(
		join(web, "pictures"),
		catalogue.map(({ category, form, colour, pattern }) => ({ category: category.key, form, colour, pattern })),
	);
	const shop = {
		colours: COLOURS,
		categories: CATEGORIES.map(({ key, name, department, season, forms, materials }) => ({
			key,
			...name,
			department,
			season,
			forms,
			materials,
		})),
		products: catalogue.map(({ product, category, form, colour, pattern, style }) => ({
			id: product.id,
			en: product.title,
			zh: product.titles?.zh,
			category: product.category,
			brand: product.brand,
			price: product.price,
			currency: product.currency,
			stock: product.stock,
			image: product.image,
			group: product.group,
			form,
			material: category.materials.findIndex(({ en }) => en === product.attributes.material),
			colour,
			size: product.attributes.size,
			pattern,
			style,
		})),
	};
	const file = join(web, "catalogue.json");
	const text = `${JSON.stringify(shop)}\n`;
	if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
