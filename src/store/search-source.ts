import type { ListedProduct, SearchSource } from "../pipeline/ports.ts";
import { SHORT_BODY } from "./overlay.ts";
import { type ChangeRow, SEARCHED_CHANGES, searchedChange } from "./search-changes.ts";
import { readSearchFile } from "./search-file.ts";
import { readSynonyms } from "./synonyms.ts";

/** ?1: JSON array of words in lower case; ?2: rows. The whole table is read: for the time until an index is loaded. */
const HOLDING = `
SELECT id, ${SHORT_BODY} AS body FROM (
  SELECT products.id, products.body, products.version, count(*) AS held
  FROM products JOIN json_each(?1) AS word
  ON instr(lower((products.body ->> 'title') || ' ' || coalesce(products.body ->> 'titles', '')), word.value) > 0
  WHERE NOT products.deleted GROUP BY products.id)
ORDER BY held DESC, version DESC, id LIMIT ?2`;

/** What search reads: the built index from KV, the changes since from D1. */
export function createSearchSource(db: D1Database, kv: KVNamespace): SearchSource {
	return {
		async changes({ version, id }, limit) {
			const { results } = await db.prepare(SEARCHED_CHANGES).bind(version, id, limit).all<ChangeRow>();
			return results.map(searchedChange);
		},
		synonyms: (heldVersion) => readSynonyms(db, heldVersion),
		file: (heldVersion) => readSearchFile(kv, heldVersion),
		async holding(words, limit) {
			const { results } = await db.prepare(HOLDING).bind(JSON.stringify(words), limit).all<{ id: string; body: string }>();
			return results.map(({ id, body }) => ({ ...(JSON.parse(body) as ListedProduct), id }));
		},
	};
}
