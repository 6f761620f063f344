import { MANIFEST_FILE, RELEASE_FILES } from "../contract/release.ts";
import { fail } from "../contract/result.ts";
import { activate } from "./activate.ts";
import type { ReleasePorts, ReleaseRegistry, ReleaseRow, ReleaseSummary } from "./ports.ts";
import { rollBack } from "./roll-back.ts";
import { putFile, putManifest } from "./upload.ts";

/** Of an unknown name as much is told back, characters. */
const NAME_MAX_LENGTH = 100;

/** The registry's rules over its stores. */
export function createReleaseRegistry(ports: ReleasePorts): ReleaseRegistry {
	const { rows, files, pointer } = ports;
	return {
		async put(id, file, body, now) {
			if (file === MANIFEST_FILE) return putManifest(ports, id, body, now);
			const name = RELEASE_FILES.find((known) => known === file);
			if (name === undefined)
				return fail({ kind: "release_refused", file: file.slice(0, NAME_MAX_LENGTH), message: "is no file of a release" });
			return putFile(ports, id, name, body, now);
		},
		list: async () => (await rows.list()).map(summaryOf),
		async get(id) {
			const row = await rows.get(id);
			return row === null ? null : summaryOf(row);
		},
		async file(id, name) {
			const row = await rows.get(id);
			if (name === MANIFEST_FILE) return typeof row?.manifestText === "string" ? new Blob([row.manifestText]).stream() : null;
			const stored = row?.files.find((file) => file.name === name);
			return stored === undefined ? null : files.read(id, stored);
		},
		activate: (id, request, token, now) => activate(ports, id, request, token, now),
		rollback: (token, now) => rollBack(ports, token, now),
		pointer: () => pointer.read(),
	};
}

const summaryOf = ({ id, state, note, uploadedAt, manifest, files }: ReleaseRow): ReleaseSummary => ({
	id,
	state,
	note,
	uploadedAt,
	manifest,
	files: files.map(({ name, sha256, bytes }) => ({ name, sha256, bytes })),
});
