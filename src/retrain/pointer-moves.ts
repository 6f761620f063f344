import type { ActivePointer } from "../contract/release.ts";

/**
 * The pointer after a release was given a share of visitors.
 * @param share 1: it becomes the active one, and a canary ends; below 1: it runs as the canary beside the active one
 */
export function pointerWith(pointer: ActivePointer, release: string, share: number, now: number): ActivePointer {
	const updatedAt = tickAfter(pointer, now);
	if (share < 1) return { ...pointer, canary: release, canaryShare: share, updatedAt };
	const previous = release === pointer.active ? pointer.previous : pointer.active;
	return { active: release, previous, canary: null, canaryShare: 0, updatedAt };
}

/** The pointer after a rollback: without the canary, else with the release before. @returns null when there is neither */
export function rolledBack(pointer: ActivePointer, now: number): ActivePointer | null {
	const updatedAt = tickAfter(pointer, now);
	if (pointer.canary !== null) return { ...pointer, canary: null, canaryShare: 0, updatedAt };
	if (pointer.previous === null) return null;
	return { active: pointer.previous, previous: pointer.active, canary: null, canaryShare: 0, updatedAt };
}

/** Whether the pointer already gives the release that share. */
export const isAlready = (pointer: ActivePointer, release: string, share: number): boolean =>
	share < 1 ? pointer.canary === release && pointer.canaryShare === share : pointer.active === release && pointer.canary === null;

/** Each move has a later time than the one before, also within a second: so the time tells moves apart. */
const tickAfter = (pointer: ActivePointer, now: number): number => Math.max(now, pointer.updatedAt + 1);
