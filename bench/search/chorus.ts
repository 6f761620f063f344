import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { SearchedProduct } from "../../src/pipeline/ports.ts";

export type ChorusProduct = { readonly id: string; readonly product: SearchedProduct };
/** Ratings 0 to 3 by product id, of each query. */
export type Judgments = ReadonlyMap<string, ReadonlyMap<string, number>>;

const TEXT_ATTRIBUTE = "attr_t_";
/** The attribute that says what kind of thing a product is: it stands for the category, which these products lack. */
const KIND = "attr_t_product_type";

/** products.jsonl.gz as a shop would import it: supplier as brand, text attributes as attributes. */
export function readProducts(folder: string): ChorusProduct[] {
	const lines = gunzipSync(readFileSync(join(folder, "products.jsonl.gz")))
		.toString("utf8")
		.trim()
		.split("\n");
	return lines.map((line) => {
		const row = JSON.parse(line) as Record<string, string | number | undefined>;
		const text = (name: string) => (row[name] === undefined ? null : String(row[name]));
		const attributes = Object.keys(row)
			.filter((name) => name.startsWith(TEXT_ATTRIBUTE) && name !== KIND)
			.map((name) => [name.slice(TEXT_ATTRIBUTE.length), String(row[name])]);
		const product: SearchedProduct = {
			title: text("title") ?? "",
			titles: null,
			description: text("short_description"),
			category: text(KIND),
			brand: text("supplier"),
			price: typeof row.price === "number" ? row.price : null,
			stock: null,
			group: null,
			attributes: Object.fromEntries(attributes),
			firstSeenAt: 0,
		};
		return { id: String(row.id), product };
	});
}

/** A file with the columns query, docid, rating. Queries without a relevant product are left out: no order of theirs is better. */
export function readJudgments(file: string): Judgments {
	const rows: { query: string; docid: string; rating: string }[] = parse(readFileSync(file), { columns: true });
	const judgments = new Map<string, Map<string, number>>();
	for (const { query, docid, rating } of rows) {
		const of = judgments.get(query) ?? new Map<string, number>();
		judgments.set(query, of);
		of.set(docid, Number(rating));
	}
	return new Map([...judgments].filter(([, ratings]) => [...ratings.values()].some((rating) => rating > 0)));
}
