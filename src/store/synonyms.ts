import * as v from "valibot";
import { SYNONYM_CHANGES_MAX, type Synonym, Synonyms, type SynonymsResponse } from "../contract/synonym.ts";
import type { SynonymBook } from "../http/ports.ts";
import type { SearchSource } from "../pipeline/ports.ts";

/** ?1: JSON; ?2: name of the token; ?3: now; ?4: version that it follows, null any. */
const PUT = `
INSERT INTO synonym_lists (synonyms, token, at)
SELECT ?1, ?2, ?3 WHERE ?4 IS NULL OR ?4 = (SELECT coalesce(max(version), 0) FROM synonym_lists)`;

const FORGET = `
DELETE FROM synonym_lists WHERE version NOT IN (SELECT version FROM synonym_lists ORDER BY version DESC LIMIT ${SYNONYM_CHANGES_MAX})`;

const CHANGES = `
SELECT version, token, json_array_length(synonyms) AS entries, at FROM synonym_lists ORDER BY version DESC`;

const LATEST = "SELECT version, synonyms FROM synonym_lists WHERE version > ?1 ORDER BY version DESC LIMIT 1";
type Latest = { readonly version: number; readonly synonyms: string };

const Stored = v.pipe(v.string(), v.parseJson(), Synonyms);

/** The latest list, unless it is held already. One that this version cannot read is as if there were none newer. */
export async function readSynonyms(db: D1Database, heldVersion: number): ReturnType<SearchSource["synonyms"]> {
	const latest = await db.prepare(LATEST).bind(heldVersion).first<Latest>();
	const parsed = v.safeParse(Stored, latest?.synonyms);
	return latest !== null && parsed.success ? { version: latest.version, synonyms: parsed.output } : null;
}

/** The shop's synonyms in D1, with who changed them. */
export function createSynonyms(db: D1Database): SynonymBook {
	return {
		async read() {
			const [latest, changes] = await db.batch([db.prepare(LATEST).bind(0), db.prepare(CHANGES)]);
			const list = (latest?.results as Latest[] | undefined)?.[0];
			return {
				version: list?.version ?? 0,
				synonyms: list === undefined ? [] : (JSON.parse(list.synonyms) as Synonym[]),
				changes: (changes?.results ?? []) as SynonymsResponse["changes"],
			};
		},
		async put({ synonyms, version }, token, now) {
			const put = db.prepare(PUT).bind(JSON.stringify(synonyms), token, now, version ?? null);
			const [entered] = await db.batch([put, db.prepare(FORGET)]);
			return entered?.meta.changes === 1;
		},
	};
}
