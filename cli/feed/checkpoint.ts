import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { readRange } from "./open-feed.ts";

/** Bytes at the file's start that tell whether it is the same file. */
const HEAD_BYTES = 1024 * 1024;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Checkpoint = v.strictObject({
	/** The file, the mapping and the server that the rest belongs to. */
	identity: v.string(),
	/** Rows up to the end of the last confirmed request, good and bad. */
	rows: Count,
	/** Line of the last of them. */
	line: Count,
	upserted: Count,
	unchanged: Count,
	bad: Count,
});
export type Checkpoint = v.InferOutput<typeof Checkpoint>;

export type CheckpointFile = {
	/** How far this very import came; null when it never began, or when the file or the mapping is another. */
	readonly read: () => Checkpoint | null;
	readonly write: (progress: Omit<Checkpoint, "identity">) => void;
	readonly clear: () => void;
};

/**
 * Where an import stands, kept beside the other caches: one file for each pair of feed and server.
 * @param settings whatever else decides how rows are read
 */
export function checkpointFor(folder: string, feedPath: string, address: URL, settings: string): CheckpointFile {
	const { size, mtimeMs } = statSync(feedPath);
	const head = createHash("sha256")
		.update(readRange(feedPath, 0, HEAD_BYTES))
		.digest("hex");
	const identity = JSON.stringify({ size, mtimeMs, head, settings });
	const name = createHash("sha256").update(`${feedPath}\n${address.href}`).digest("hex").slice(0, 16);
	const path = join(folder, `import-${name}.json`);
	return {
		read() {
			try {
				const checkpoint = v.parse(Checkpoint, JSON.parse(readFileSync(path, "utf8")));
				return checkpoint.identity === identity ? checkpoint : null;
			} catch {
				return null;
			}
		},
		write(progress) {
			mkdirSync(folder, { recursive: true });
			// Renaming is atomic: a cut in the middle of the writing leaves the checkpoint before.
			writeFileSync(`${path}.new`, JSON.stringify({ identity, ...progress } satisfies Checkpoint));
			renameSync(`${path}.new`, path);
		},
		clear: () => rmSync(path, { force: true }),
	};
}
