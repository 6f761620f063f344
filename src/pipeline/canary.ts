import type { VisitorKey } from "../contract/context.ts";

/**
 * Whether a visitor gets the canary: a hash of the release and the day's visitor key, so that each canary draws anew
 * and nobody changes sides within the day.
 * @param share 0 to 1
 */
export function isInCanary(release: string, visitor: VisitorKey, share: number): boolean {
	// FNV-1a over both, then a finalizer: the key is a random hash already, the release only moves it.
	let hash = 0x811c9dc5;
	for (const character of `${release}/${visitor}`) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share;
}
