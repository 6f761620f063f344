import type { HotListSource, ListedProduct } from "../pipeline/ports.ts";
import { SHORT_BODY } from "./overlay.ts";
import { STATIC_LIST_KEY } from "./pointer.ts";

const PREFIX = "popular:";
/** Products read for one answer without a release; a filter may leave out most of them. */
const PRODUCTS_MAX = 300;
/** Newest products that stand in where no list names any. */
const NEWEST_MAX = 100;

/** Categories first, as named; then the common list. */
const LISTED = `
SELECT id, ${SHORT_BODY} AS body FROM (
  SELECT entry.value AS item, min(wanted.key * 1000 + entry.key) AS place
  FROM json_each(?1) AS wanted JOIN hot_lists ON hot_lists.name = wanted.value, json_each(hot_lists.items) AS entry
  GROUP BY entry.value ORDER BY place LIMIT ${PRODUCTS_MAX}) AS listed
JOIN products ON products.id = listed.item
WHERE NOT products.deleted ORDER BY listed.place`;

const NEWEST = `SELECT id, ${SHORT_BODY} AS body FROM products WHERE NOT deleted ORDER BY version DESC, id DESC LIMIT ${NEWEST_MAX}`;

type ProductRow = { readonly id: string; readonly body: string };

/** What is popular, from D1; and from KV when there is no database. */
export function createHotListSource(db: D1Database, kv: KVNamespace): HotListSource {
	return {
		async lists() {
			const { results } = await db.prepare("SELECT name, items FROM hot_lists").all<{ name: string; items: string }>();
			const parsed = results.map(({ name, items }) => [name, JSON.parse(items) as string[]] as const);
			return {
				overall: parsed.find(([name]) => name === "popular")?.[1] ?? [],
				byCategory: new Map(parsed.filter(([name]) => name.startsWith(PREFIX)).map(([name, items]) => [name.slice(PREFIX.length), items])),
			};
		},
		async products(categories) {
			const names = JSON.stringify([...categories.map((name) => `${PREFIX}${name}`), "popular"]);
			const [listed, newest] = await db.batch<ProductRow>([db.prepare(LISTED).bind(names), db.prepare(NEWEST)]);
			const products = new Map<string, ListedProduct>();
			for (const { id, body } of [...(listed?.results ?? []), ...(newest?.results ?? [])]) {
				if (!products.has(id)) products.set(id, { ...(JSON.parse(body) as ListedProduct), id });
			}
			return [...products.values()];
		},
		async staticIds() {
			const list = await kv.get<{ items?: unknown }>(STATIC_LIST_KEY, "json");
			return Array.isArray(list?.items) ? list.items.filter((id) => typeof id === "string") : null;
		},
	};
}
