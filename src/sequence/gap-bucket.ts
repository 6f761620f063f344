/** Buckets of the encoder's `gaps` input: 0 unknown or first, 1 to 15 by time. */
export const GAP_BUCKETS = 16;

/**
 * Bucket of the time since the entry before: 1 + min(14, floor(log2(1 + seconds) / 1.5)); 0 where either time is not
 * known. A clock that ran backwards counts as no time.
 * @param previous unix seconds
 * @param at       unix seconds
 */
export function gapBucket(previous: number | undefined, at: number | undefined): number {
	if (previous === undefined || at === undefined) return 0;
	return 1 + Math.min(GAP_BUCKETS - 2, Math.floor(Math.log2(1 + Math.max(0, at - previous)) / 1.5));
}
