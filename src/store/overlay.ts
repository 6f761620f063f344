import type { OverlaidProduct, OverlaySource } from "../pipeline/ports.ts";

type ChangeRow = { readonly id: string; readonly version: number; readonly deleted: number; readonly body: string };

/** What no answer needs is left behind in the database: descriptions may be 20 KB each. */
export const SHORT_BODY = "json_remove(body, '$.description', '$.image', '$.url')";

const CHANGES = `
SELECT id, version, deleted, ${SHORT_BODY} AS body FROM products
WHERE (version, id) > (?1, ?2) ORDER BY version, id LIMIT ?3`;

/** The catalogue's changes in order, from D1. */
export function createOverlaySource(db: D1Database): OverlaySource {
	return {
		async changes({ version, id }, limit) {
			const { results } = await db.prepare(CHANGES).bind(version, id, limit).all<ChangeRow>();
			return results.map((row) => ({
				id: row.id,
				version: row.version,
				product: row.deleted === 1 ? null : (JSON.parse(row.body) as OverlaidProduct),
			}));
		},
	};
}
