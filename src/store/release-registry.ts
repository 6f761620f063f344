import * as v from "valibot";
import { Manifest } from "../contract/release.ts";
import type { HeldShards, ReleaseRow, ReleaseRows } from "../retrain/ports.ts";

type Stored = Pick<ReleaseRow, "id" | "state" | "note" | "uploadedAt"> & { readonly manifest: string | null };
type StoredFile = ReleaseRow["files"][number] & { readonly release: string };

const RELEASES = "SELECT id, state, note, uploadedAt, manifest FROM releases";
/** Content that is being written has no hash yet. */
const FILES = "SELECT release, name, sha256, bytes, shards FROM release_files WHERE sha256 <> ''";

/** A release that gets a file is being uploaded again, unless it is complete. */
const BEGIN_RELEASE = `
INSERT INTO releases (id, state, uploadedAt, verifiedAt) VALUES (?1, 'uploading', ?2, ?2)
ON CONFLICT (id) DO UPDATE SET state = 'uploading', manifest = NULL, note = NULL, verifiedAt = ?2 WHERE state <> 'ready'`;

const ENTER_FILE = "INSERT INTO release_files (release, name, sha256, bytes, shards) VALUES (?1, ?2, ?3, ?4, ?5)";

/** Of a release, `items.bin` comes before `links.bin`: none can be loaded that lacks links alone. */
const HELD_SHARDS = `
SELECT release, name, shards FROM release_files JOIN releases ON id = release
WHERE shards > 0 AND coalesce(verifiedAt, 0) < ?2 AND id NOT IN (SELECT id FROM releases ORDER BY uploadedAt DESC, id DESC LIMIT ?1)
ORDER BY uploadedAt, id, name`;

const LOWER_SHARDS = `
UPDATE release_files SET shards = ?4 WHERE release = ?1 AND name = ?2 AND shards = ?3
AND EXISTS (SELECT 1 FROM releases WHERE id = ?1 AND coalesce(verifiedAt, 0) < ?5)`;

/** Rows of the release registry in D1. */
export function createReleaseRows(db: D1Database): ReleaseRows {
	return {
		async list() {
			const [releases, files] = await db.batch<unknown>([
				db.prepare(`${RELEASES} ORDER BY uploadedAt DESC, id DESC`),
				db.prepare(`${FILES} ORDER BY release, name`),
			]);
			const filesOf = Map.groupBy((files?.results ?? []) as StoredFile[], ({ release }) => release);
			return ((releases?.results ?? []) as Stored[]).map((row) => rowOf(row, filesOf.get(row.id) ?? []));
		},

		async get(id) {
			const row = await db.prepare(`${RELEASES} WHERE id = ?1`).bind(id).first<Stored>();
			if (row === null) return null;
			const { results } = await db.prepare(`${FILES} AND release = ?1 ORDER BY name`).bind(id).all<StoredFile>();
			return rowOf(row, results);
		},

		async fileBegun(id, name, now) {
			await db.batch([
				db.prepare(BEGIN_RELEASE).bind(id, now),
				db.prepare(`${ENTER_FILE} ON CONFLICT DO UPDATE SET sha256 = '', bytes = 0`).bind(id, name, "", 0, 0),
			]);
		},

		async fileStored(id, { name, sha256, bytes, shards }) {
			await db
				.prepare(`${ENTER_FILE} ON CONFLICT DO UPDATE SET sha256 = ?3, bytes = ?4, shards = max(shards, ?5)`)
				.bind(id, name, sha256, bytes, shards)
				.run();
		},

		async shardsHeld(id, name, shards) {
			await db.prepare(`${ENTER_FILE} ON CONFLICT DO UPDATE SET shards = max(shards, ?5)`).bind(id, name, "", 0, shards).run();
		},

		async shardsRemoved({ release, name, shards }, to, idleSince) {
			const { meta } = await db.prepare(LOWER_SHARDS).bind(release, name, shards, to, idleSince).run();
			return meta.changes > 0;
		},

		async heldShards(keep, idleSince) {
			return (await db.prepare(HELD_SHARDS).bind(keep, idleSince).all<HeldShards>()).results;
		},

		async ready(id, manifestText) {
			await db.prepare("UPDATE releases SET state = 'ready', manifest = ?2, note = NULL WHERE id = ?1").bind(id, manifestText).run();
		},

		async refused(id, note, now) {
			await db
				.prepare(
					`INSERT INTO releases (id, state, note, uploadedAt) VALUES (?1, 'refused', ?2, ?3)
					ON CONFLICT (id) DO UPDATE SET state = 'refused', note = excluded.note`,
				)
				.bind(id, note, now)
				.run();
		},

		async verifying(id, now) {
			await db.prepare("UPDATE releases SET verifiedAt = ?2 WHERE id = ?1").bind(id, now).run();
		},
	};
}

function rowOf({ id, state, note, uploadedAt, manifest }: Stored, files: readonly StoredFile[]): ReleaseRow {
	return {
		id,
		state,
		note,
		uploadedAt,
		manifestText: manifest,
		manifest: manifest === null ? null : v.parse(Manifest, JSON.parse(manifest)),
		files: files.map(({ release: _, ...file }) => file),
	};
}
