import type { HeldShards, ReleasePorts } from "./ports.ts";

/** Newest releases whose shards stay, besides those that serve. */
export const RELEASES_KEPT = 5;
/**
 * Shards that one run deletes at most, each with a request of its own. One invocation of a Worker has 1000 operations of KV, and
 * the cron's other jobs share them.
 * @see https://developers.cloudflare.com/kv/platform/limits/
 */
export const DELETES_MAX = 500;
/** Shards that are deleted at once, and after which the registry is told. */
export const DELETES_AT_ONCE = 50;
/** Time for which a release is left alone after a file of it was begun or it was asked for to serve, seconds. */
export const IN_USE_SECONDS = 60 * 60;

/**
 * Takes old releases out of the store that isolates load from, some shards in each run; their archived copies stay, and
 * activating one brings its shards back. The registry is told of shards once they are gone, so that a run that breaks off
 * leaves none that the next does not know of.
 * @param now unix seconds
 * @returns shards deleted
 */
export async function pruneReleases(
	{ rows, files, pointer }: Pick<ReleasePorts, "rows" | "files" | "pointer">,
	now: number,
	keep = RELEASES_KEPT,
): Promise<number> {
	const idleSince = now - IN_USE_SECONDS;
	const heldBy = Map.groupBy(await rows.heldShards(keep, idleSince), ({ release }) => release);
	let deleted = 0;
	for (const [id, held] of heldBy) {
		const { active, previous, canary } = await pointer.read();
		if ([active, previous, canary].includes(id)) continue;
		for (const [file, from] of held.flatMap(batchesOf)) {
			if (deleted + file.shards - from > DELETES_MAX) return deleted;
			await files.removeShards(id, file.name, from, file.shards);
			deleted += file.shards - from;
			// Somebody wants the release, or another run is at work: the next one looks again.
			if (!(await rows.shardsRemoved(file, from, idleSince))) break;
		}
	}
	return deleted;
}

/** Cuts a file's shards into batches, the last shards first: each as what is held before it, and the first shard that goes. */
function batchesOf(file: HeldShards): [held: HeldShards, from: number][] {
	const batches = Math.ceil(file.shards / DELETES_AT_ONCE);
	return Array.from({ length: batches }, (_, n) => {
		const shards = file.shards - n * DELETES_AT_ONCE;
		return [{ ...file, shards }, Math.max(0, shards - DELETES_AT_ONCE)];
	});
}
