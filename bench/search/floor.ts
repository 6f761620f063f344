import { DatabaseSync } from "node:sqlite";
import type { ChorusProduct } from "./chorus.ts";

/** Results of one query that are asked for: as good as all. */
const MOST = 20_000;

/**
 * The floor: SQLite's FTS5 with Porter stems, BM25 on title, description, brand and text attributes with the weights
 * 2, 1, 1, 1, the words joined by OR.
 */
export function createFloor(products: readonly ChorusProduct[]): (query: string) => string[] {
	const db = new DatabaseSync(":memory:");
	db.exec("CREATE VIRTUAL TABLE products USING fts5(id UNINDEXED, title, description, brand, attributes, tokenize = 'porter')");
	const insert = db.prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?)");
	db.exec("BEGIN");
	for (const { id, product } of products) {
		const attributes = [product.category ?? "", ...Object.values(product.attributes)].join(" ");
		insert.run(id, product.title, product.description ?? "", product.brand ?? "", attributes);
	}
	db.exec("COMMIT");
	const select = db.prepare("SELECT id FROM products WHERE products MATCH ? ORDER BY bm25(products, 0, 2, 1, 1, 1), rowid LIMIT ?");
	return (query) => {
		const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
		if (words.length === 0) return [];
		return select.all(words.map((word) => `"${word}"`).join(" OR "), MOST).map(({ id }) => String(id));
	};
}
