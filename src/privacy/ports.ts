import type { CrowdValue } from "../contract/crowd.ts";

export type { Channel } from "./randomised-response.ts";

/** The random salt under which visitors and sessions are hashed, new every UTC day. */
export interface DaySalt {
	/** What this isolate holds for the day of `now` (unix seconds), 32 bytes: its own salt, until it has read the shared one. */
	atHand(now: number): Salt;
	/**
	 * Reads the shared salt where it is not held yet.
	 * @returns work for `waitUntil`, which never rejects; null when nothing is due
	 */
	refresh(now: number): Promise<void> | null;
	/**
	 * The salt of the day of `now` (unix seconds), 32 bytes.
	 * Never throws: with the store dead it is this isolate's own, so that keys are still keys, only not shared.
	 * @returns `shared`: it was found in the store, so that all isolates hash a visitor alike and may count visitors by it
	 */
	current(now: number): Promise<HeldSalt>;
	/**
	 * The stored salt of the day of `at`; null when it is gone, never was, or cannot be read. Makes none.
	 * @param at, now unix seconds
	 */
	stored(at: number, now: number): Promise<Salt | null>;
	/** Makes the salts of today and tomorrow where they are missing, so that isolates find them when the day turns. */
	prepareSalts(now: number): Promise<void>;
}

export type Salt = Uint8Array<ArrayBuffer>;
export type HeldSalt = { readonly salt: Salt; readonly shared: boolean };

/** Which values of the context's features had a crowd, as this isolate knows. */
export interface ReleasedFeatures {
	/** False for all values until the first reading. */
	has(value: CrowdValue): boolean;
	/**
	 * Reads them anew when they are due.
	 * @returns work for `waitUntil`, which never rejects; null when nothing is due
	 */
	refresh(now: number): Promise<void> | null;
	/** Reads them now. @throws when the store cannot be read */
	read(now: number): Promise<(value: CrowdValue) => boolean>;
}
