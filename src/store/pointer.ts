import type { ActivePointer } from "../contract/release.ts";
import type { Activation, PointerStore } from "../retrain/ports.ts";
import { jsonParts } from "./json-parts.ts";

/** KV key of the list that answers when all else is out of reach: `{ "release": id, "items": [ids, best first] }`. */
export const STATIC_LIST_KEY = "static";
/** Longest list taken over from a release, items. */
export const LIST_MAX_ITEMS = 200;

const NOWHERE: ActivePointer = { active: null, previous: null, canary: null, canaryShare: 0, updatedAt: 0 };

export const POINTER = "SELECT active, previous, canary, canaryShare, updatedAt FROM pointer WHERE id = 1";

/** Which releases serve; all null before the first activation. */
export async function readPointer(db: D1Database): Promise<ActivePointer> {
	return (await db.prepare(POINTER).first<ActivePointer>()) ?? NOWHERE;
}

/** Holds while nobody has moved the pointer since it was read: each move has a later `updatedAt` than the one before. */
const UNMOVED = "(SELECT updatedAt FROM pointer WHERE id = 1)";

const ENTER = "INSERT INTO activations (release, action, by, token, share, run, note, at)";

/** The active pointer and its history in D1, and the lists that follow it. */
export function createPointerStore(db: D1Database, kv: KVNamespace): PointerStore {
	return {
		read: () => readPointer(db),

		async move(from, to, entry, popular) {
			const lists = Object.entries({ popular: popular?.overall, ...prefixed(popular?.byCategory ?? {}) })
				.filter(([, items]) => items !== undefined)
				.map(([name, items = []]) => [name, JSON.stringify(items.slice(0, LIST_MAX_ITEMS))]);
			const results = await db.batch([
				db.prepare("INSERT OR IGNORE INTO pointer (id, canaryShare, updatedAt) VALUES (1, 0, 0)"),
				db.prepare(`${ENTER} SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ${UNMOVED} = ?9`).bind(...valuesOf(entry), from.updatedAt),
				...(popular === null
					? []
					: [
							db
								.prepare(`DELETE FROM hot_lists WHERE (name = 'popular' OR name LIKE 'popular:%') AND ${UNMOVED} = ?1`)
								.bind(from.updatedAt),
						]),
				...jsonParts(lists).map(({ json }) =>
					db
						.prepare(
							`INSERT OR REPLACE INTO hot_lists (name, items, updatedAt)
							SELECT value ->> 0, value ->> 1, ?2 FROM json_each(?1) WHERE ${UNMOVED} = ?3`,
						)
						.bind(json, entry.at, from.updatedAt),
				),
				// Last, since all the others ask whether the pointer is still where it was.
				db
					.prepare(
						`UPDATE pointer SET active = ?1, previous = ?2, canary = ?3, canaryShare = ?4, updatedAt = ?5
						WHERE id = 1 AND updatedAt = ?6`,
					)
					.bind(to.active, to.previous, to.canary, to.canaryShare, to.updatedAt, from.updatedAt),
			]);
			if (results.at(-1)?.meta.changes !== 1) return false;
			if (popular !== null) await putStaticList(kv, to.active, popular.overall);
			return true;
		},

		async record(entry) {
			await db
				.prepare(`${ENTER} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`)
				.bind(...valuesOf(entry))
				.run();
		},
	};
}

const LISTED = `
SELECT entry.value AS id FROM hot_lists, json_each(hot_lists.items) AS entry LEFT JOIN products ON products.id = entry.value
WHERE hot_lists.name = 'popular' AND NOT coalesce(products.deleted, 0) AND coalesce(products.body ->> 'stock', 1) > 0
ORDER BY entry.key`;

/** Writes the list that answers without a database anew, so that it does not offer for long what was sold out or deleted. */
export async function renewStaticList(db: D1Database, kv: KVNamespace): Promise<void> {
	const { results } = await db.prepare(LISTED).all<{ id: string }>();
	const { active } = await readPointer(db);
	if (results.length > 0)
		await putStaticList(
			kv,
			active,
			results.map(({ id }) => id),
		);
}

async function putStaticList(kv: KVNamespace, release: string | null, overall: readonly string[]): Promise<void> {
	try {
		await kv.put(STATIC_LIST_KEY, JSON.stringify({ release, items: overall.slice(0, LIST_MAX_ITEMS) }));
	} catch {
		// The pointer has moved, which is what counts; the list of the release before still answers.
	}
}

const prefixed = (byCategory: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> =>
	Object.fromEntries(Object.entries(byCategory).map(([category, items]) => [`popular:${category}`, items]));

const valuesOf = ({ release, action, by, token, share, run, note, at }: Activation) => [release, action, by, token, share, run, note, at];
