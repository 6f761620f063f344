import type { ReleasePorts } from "./ports.ts";

/** Newest releases whose shards stay, besides those that serve. */
export const RELEASES_KEPT = 5;

/**
 * Takes old releases out of the store that isolates load from; their archived copies stay, and activating one brings its
 * shards back.
 * @returns ids of the releases that were taken out
 */
export async function pruneReleases(
	{ rows, files, pointer }: Pick<ReleasePorts, "rows" | "files" | "pointer">,
	keep = RELEASES_KEPT,
): Promise<string[]> {
	const { active, previous, canary } = await pointer.read();
	const pruned: string[] = [];
	for (const release of (await rows.list()).slice(keep)) {
		const held = release.files.filter(({ shards }) => shards > 0);
		if (held.length === 0 || [active, previous, canary].includes(release.id)) continue;
		for (const file of held) {
			// The row first: nobody then looks for shards that are going.
			await rows.fileStored(release.id, { ...file, shards: 0 });
			await files.removeShards(release.id, file.name, file.shards);
		}
		pruned.push(release.id);
	}
	return pruned;
}
