import type { Product, StoredProduct } from "../contract/product.ts";
import type { Catalogue } from "../http/ports.ts";
import { jsonParts } from "./json-parts.ts";

/** Bytes of product text that one page holds at most, unless a single product is larger. */
const PAGE_MAX_BYTES = 4 * 1024 * 1024;

const NEXT_VERSION = "(SELECT 1 + coalesce(max(version), 0) FROM products)";

/**
 * One statement for all parts, so that all its rows get the same version, and a later import a later one: a reader that
 * has seen version n never misses a row that comes under n afterwards. A row: [id, body].
 */
const upsertOf = (parts: number): string => `
INSERT INTO products (id, body, deleted, version, updatedAt, firstSeenAt)
SELECT value ->> 0, value ->> 1, 0, ${NEXT_VERSION}, ?1, ?1
FROM (${Array.from({ length: parts }, (_, part) => `SELECT value FROM json_each(?${part + 2})`).join(" UNION ALL ")})
WHERE true
ON CONFLICT (id) DO UPDATE SET body = excluded.body, deleted = 0, version = excluded.version, updatedAt = excluded.updatedAt
WHERE products.deleted OR products.body <> excluded.body`;

const VERSION = "SELECT coalesce(max(version), 0) AS version FROM products";

/** ?1, ?2: version and id of the last row seen; ?3: rows asked for. One row more tells whether there is a next page. */
const PAGE = `
SELECT id, body, version, fetched FROM (
  SELECT id, body, version, count(*) OVER () AS fetched,
    row_number() OVER (ORDER BY version, id) AS place,
    sum(octet_length(body)) OVER (ORDER BY version, id) AS bytes
  FROM (SELECT id, body, version FROM products WHERE (version, id) > (?1, ?2) AND NOT deleted ORDER BY version, id LIMIT ?3 + 1))
WHERE place = 1 OR (place <= ?3 AND bytes <= ${PAGE_MAX_BYTES})
ORDER BY version, id`;

const REMOVE = `UPDATE products SET deleted = 1, version = ${NEXT_VERSION}, updatedAt = ?2 WHERE id = ?1 AND NOT deleted`;

/** The catalogue of record in D1. */
export function createCatalogue(db: D1Database): Catalogue {
	return {
		async upsert(products, now) {
			const parts = jsonParts(products.map((product) => [product.id, bodyOf(product)]));
			const upsert = parts.length === 0 ? [] : [db.prepare(upsertOf(parts.length)).bind(now, ...parts.map(({ json }) => json))];
			const results = await db.batch<{ version: number }>([...upsert, db.prepare(VERSION)]);
			const upserted = upsert.length === 0 ? 0 : (results[0]?.meta.changes ?? 0);
			return { upserted, unchanged: products.length - upserted, version: results.at(-1)?.results[0]?.version ?? 0 };
		},

		async page(cursor, limit) {
			const [version, id] = cursor === null ? [0, ""] : partsOf(cursor);
			const [rows, state] = await db.batch<{ id: string; body: string; version: number; fetched: number }>([
				db.prepare(PAGE).bind(version, id, limit),
				db.prepare(VERSION),
			]);
			const found = rows?.results ?? [];
			const last = found.at(-1);
			const isLastPage = last === undefined || last.fetched === found.length;
			return {
				products: found.map((row): StoredProduct => ({ ...(JSON.parse(row.body) as Product), version: row.version })),
				cursor: isLastPage ? null : `${last.version}:${last.id}`,
				version: state?.results[0]?.version ?? 0,
			};
		},

		async remove(id, now) {
			const { meta } = await db.prepare(REMOVE).bind(id, now).run();
			return meta.changes > 0;
		},
	};
}

/** Equal products are equal text: fields in the schema's order, names of records sorted. */
const bodyOf = (product: Product): string =>
	JSON.stringify({ ...product, titles: product.titles && sorted(product.titles), attributes: sorted(product.attributes) });

const sorted = (record: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

function partsOf(cursor: string): [version: number, id: string] {
	const colon = cursor.indexOf(":");
	return [Number(cursor.slice(0, colon)), cursor.slice(colon + 1)];
}
