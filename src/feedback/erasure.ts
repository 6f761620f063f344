import type { DataKeyName } from "../contract/event.ts";
import { dataKeyNameFor, dataKeyNamesOf } from "../privacy/pseudonym.ts";
import type { Erasure, LineVault } from "./ports.ts";

/**
 * The keyed mode over its secret.
 * @param secret  `pseudonyms` of LOG_KEYS, 32 bytes
 * @param logDays days for which anything sealed is kept
 */
export function createErasure(secret: Uint8Array, vault: Pick<LineVault, "destroy">, logDays: number): Erasure {
	return {
		dataKeyFor: (pseudonym, at): Promise<DataKeyName> => dataKeyNameFor(secret, pseudonym, at),
		// Names are computed, never looked up: a pseudonym that was never seen takes the same calls as any other.
		erase: async (pseudonym, now) => vault.destroy(await dataKeyNamesOf(secret, pseudonym, now, logDays + GRACE_DAYS)),
	};
}

/** Days by which the daily cron may be late. */
const GRACE_DAYS = 2;
