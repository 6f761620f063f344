import type { SearchedChange, SearchedProduct } from "../pipeline/ports.ts";

export type ChangeRow = {
	readonly id: string;
	readonly version: number;
	readonly deleted: number;
	readonly firstSeenAt: number;
	readonly body: string;
};

/** ?1, ?2: version and id of the last row seen; ?3: rows asked for. */
export const SEARCHED_CHANGES = `
SELECT id, version, deleted, firstSeenAt, json_remove(body, '$.image', '$.url') AS body FROM products
WHERE (version, id) > (?1, ?2) ORDER BY version, id LIMIT ?3`;

export function searchedChange({ id, version, deleted, firstSeenAt, body }: ChangeRow): SearchedChange {
	return { id, version, product: deleted === 1 ? null : { ...(JSON.parse(body) as SearchedProduct), firstSeenAt } };
}
