/** The random salt under which visitors and sessions are hashed, new every UTC day. */
export interface DaySalt {
	/**
	 * The salt of the day of `now` (unix seconds), 32 bytes.
	 * Never throws: with the store dead it is this isolate's own, so that keys are still keys, only not shared.
	 */
	current(now: number): Promise<Uint8Array<ArrayBuffer>>;
	/** Makes the salts of today and tomorrow where they are missing, so that isolates find them when the day turns. */
	prepareSalts(now: number): Promise<void>;
}
