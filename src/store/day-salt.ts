import type { DaySalt } from "../privacy/ports.ts";
import { within } from "./within.ts";

/** A salt outlives its day by one, seconds: what was received just before midnight is still being hashed. */
const SALT_TTL_SECONDS = 2 * 86_400;
/** Longest wait for the store in a request, milliseconds; beyond it the isolate's own salt is used. */
const SALT_WAIT_MS = 50;
/** Time until the store is asked again after it failed, seconds. */
const SALT_RETRY_SECONDS = 30;
const SALT_BYTES = 32;

type Salt = Uint8Array<ArrayBuffer>;

const randomSalt = (): Salt => crypto.getRandomValues(new Uint8Array(SALT_BYTES));
const keyOf = (now: number): string => `salt/${new Date(now * 1000).toISOString().slice(0, 10)}`;

/** The day's salt in KV under `salt/YYYY-MM-DD`, with a TTL; never in D1, whose backups outlive it. */
export function createDaySalt(kv: KVNamespace): DaySalt {
	/** `shared`: the salt is the one in KV. Until then it is this isolate's own, and what it would put there. */
	let held: { key: string; salt: Salt; shared: boolean; failedAt: number | null } | null = null;

	async function readOrPut(key: string, proposed: Salt): Promise<Salt> {
		const bytes = await kv.get(key, "arrayBuffer");
		if (bytes?.byteLength === SALT_BYTES) return new Uint8Array(bytes);
		await kv.put(key, proposed, { expirationTtl: SALT_TTL_SECONDS });
		return proposed;
	}

	return {
		async current(now) {
			const key = keyOf(now);
			if (held?.key !== key) held = { key, salt: randomSalt(), shared: false, failedAt: null };
			const mine = held;
			if (mine.shared || (mine.failedAt !== null && now - mine.failedAt < SALT_RETRY_SECONDS)) return mine.salt;
			const work = readOrPut(key, mine.salt).then((salt) => {
				// Also when it comes after the wait: the next request has it.
				mine.salt = salt;
				mine.shared = true;
			});
			try {
				await within(SALT_WAIT_MS, work);
			} catch {
				mine.failedAt = now;
				work.catch(() => {});
			}
			return mine.salt;
		},
		async prepareSalts(now) {
			await Promise.all([now, now + 86_400].map((day) => readOrPut(keyOf(day), randomSalt())));
		},
	};
}
