import type { CategoryLists, HotListSource, ListedProduct } from "../pipeline/ports.ts";
import { SHORT_BODY } from "./overlay.ts";
import { STATIC_LIST_KEY } from "./pointer.ts";

/** Name of the list that holds queries, not products. */
export const QUERIES_LIST = "queries";
/** Longest list of what the catalogue has seen last, items. */
const NEWEST_LIST_MAX = 1000;
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
WHERE NOT products.deleted ORDER BY listed.place LIMIT ?2`;

const NEWEST = `SELECT id, ${SHORT_BODY} AS body FROM products WHERE NOT deleted ORDER BY version DESC, id DESC LIMIT ?1`;

const FIRST_SEEN = `
SELECT id FROM products WHERE NOT deleted AND firstSeenAt > 0 ORDER BY firstSeenAt DESC, id LIMIT ${NEWEST_LIST_MAX}`;

const NAMED = `
SELECT products.id AS id, ${SHORT_BODY} AS body FROM products JOIN json_each(?1) AS wanted ON products.id = wanted.value WHERE NOT products.deleted`;

type ProductRow = { readonly id: string; readonly body: string };

/** What is popular, from D1; and from KV when there is no database. */
export function createHotListSource(db: D1Database, kv: KVNamespace): HotListSource {
	return {
		async lists() {
			const [lists, newest] = await db.batch<{ name: string; items: string; id: string }>([
				db.prepare("SELECT name, items FROM hot_lists"),
				db.prepare(FIRST_SEEN),
			]);
			const parsed = (lists?.results ?? []).map(({ name, items }) => [name, JSON.parse(items) as string[]] as const);
			return {
				...listsOf("popular", parsed),
				trending: listsOf("trending", parsed),
				queries: parsed.find(([name]) => name === QUERIES_LIST)?.[1] ?? [],
				newest: (newest?.results ?? []).map(({ id }) => id),
			};
		},
		async products(categories, most) {
			const names = JSON.stringify([...categories.map((name) => `popular:${name}`), "popular"]);
			const [listed, newest] = await db.batch<ProductRow>([
				db.prepare(LISTED).bind(names, Math.min(most, PRODUCTS_MAX)),
				db.prepare(NEWEST).bind(Math.min(most, NEWEST_MAX)),
			]);
			const products = new Map<string, ListedProduct>();
			for (const { id, body } of [...(listed?.results ?? []), ...(newest?.results ?? [])]) {
				if (products.size < most && !products.has(id)) products.set(id, { ...(JSON.parse(body) as ListedProduct), id });
			}
			return [...products.values()];
		},
		async named(ids) {
			const { results } = await db.prepare(NAMED).bind(JSON.stringify(ids)).all<ProductRow>();
			return results.map(({ id, body }) => ({ ...(JSON.parse(body) as ListedProduct), id }));
		},
		async staticIds() {
			const list = await kv.get<{ items?: unknown }>(STATIC_LIST_KEY, "json");
			return Array.isArray(list?.items) ? list.items.filter((id) => typeof id === "string") : null;
		},
	};
}

/** Of lists named `<kind>` and `<kind>:<category>`, those of one kind. */
function listsOf(kind: string, lists: readonly (readonly [name: string, items: readonly string[]])[]): CategoryLists {
	const prefix = `${kind}:`;
	return {
		overall: lists.find(([name]) => name === kind)?.[1] ?? [],
		byCategory: new Map(lists.filter(([name]) => name.startsWith(prefix)).map(([name, items]) => [name.slice(prefix.length), items])),
	};
}
