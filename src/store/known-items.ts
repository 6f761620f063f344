import { within } from "./within.ts";

/** Ids an isolate remembers; a catalogue's most, some 10 MB. */
const REMEMBERED_MAX = 100_000;
/** Longest wait for the database, milliseconds. */
const LOOKUP_TIMEOUT_MS = 2000;

const LISTED = "SELECT id FROM products WHERE id IN (SELECT value FROM json_each(?1))";

/**
 * Which ids the catalogue has or had. What is not in the loaded release is looked up once; with the database out of reach
 * such an id counts as unknown.
 * @param isServed whether the loaded release or its overlay has the id
 */
export function createKnownItems(
	db: D1Database,
	isServed: (id: string) => boolean,
): (ids: readonly string[]) => Promise<ReadonlySet<string>> {
	const remembered = new Set<string>();
	return async function knownItemsOf(ids) {
		const open = [...new Set(ids)].filter((id) => !remembered.has(id) && !isServed(id));
		if (open.length > 0) {
			try {
				const { results } = await within(LOOKUP_TIMEOUT_MS, db.prepare(LISTED).bind(JSON.stringify(open)).all<{ id: string }>());
				if (remembered.size + results.length > REMEMBERED_MAX) remembered.clear();
				for (const { id } of results) remembered.add(id);
			} catch {
				// An id that nobody vouches for may be anything that was typed: it is not kept.
			}
		}
		return new Set(ids.filter((id) => remembered.has(id) || isServed(id)));
	};
}
