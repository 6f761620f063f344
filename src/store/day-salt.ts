import type { DaySalt, Salt } from "../privacy/ports.ts";
import { utcDay } from "./utc-day.ts";
import { within } from "./within.ts";

const DAY_SECONDS = 86_400;
/** A salt outlives its day by so much, seconds: what was received just before midnight may still be on its way. */
export const SALT_GRACE_SECONDS = 3600;
/** Longest wait for the store in a request, milliseconds; beyond it the isolate's own salt is used. */
const SALT_WAIT_MS = 50;
/** Time until the store is asked again after it failed or had no salt, seconds. */
const SALT_RETRY_SECONDS = 30;
const SALT_BYTES = 32;

const randomSalt = (): Salt => crypto.getRandomValues(new Uint8Array(SALT_BYTES));
const dayOf = (at: number): number => Math.floor(at / DAY_SECONDS);
const keyOf = (at: number): string => `salt/${utcDay(at)}`;

/** When the salt of the day of `at` ends, unix seconds. */
export const saltEndOf = (at: number): number => (dayOf(at) + 1) * DAY_SECONDS + SALT_GRACE_SECONDS;

/** The day's salt in KV under `salt/YYYY-MM-DD`, gone an hour after its day; never in D1, whose backups outlive it. */
export function createDaySalt(kv: KVNamespace): DaySalt {
	/** `shared`: the salt was found in KV. Until then it is this isolate's own, and what it put there. */
	let held: { day: number; salt: Salt; shared: boolean; missedAt: number | null; askedAt: number | null } | null = null;
	/** Salts found for lines of the log, by key; a day's goes when it ends. */
	const found = new Map<string, { readonly salt: Salt; readonly end: number }>();

	async function read(key: string): Promise<Salt | null> {
		const bytes = await kv.get(key, "arrayBuffer");
		return bytes?.byteLength === SALT_BYTES ? new Uint8Array(bytes) : null;
	}
	const put = (at: number, now: number, salt: Salt): Promise<void> =>
		kv.put(keyOf(at), salt, { expirationTtl: Math.max(60, saltEndOf(at) - now) });

	function heldOn(now: number): NonNullable<typeof held> {
		const day = dayOf(now);
		if (held?.day !== day) held = { day, salt: randomSalt(), shared: false, missedAt: null, askedAt: null };
		return held;
	}

	const isLongAgo = (at: number | null, now: number): boolean => at === null || now - at >= SALT_RETRY_SECONDS;

	/** Takes what the store has, else puts there what is held. */
	async function share(mine: NonNullable<typeof held>, now: number): Promise<void> {
		const stored = await read(keyOf(now));
		if (stored !== null) {
			mine.salt = stored;
			mine.shared = true;
			return;
		}
		// Two isolates may put at once: what the store has at the next asking is everybody's.
		mine.missedAt = now;
		await put(now, now, mine.salt);
	}

	return {
		atHand: (now) => heldOn(now).salt,

		refresh(now) {
			const mine = heldOn(now);
			if (mine.shared || !isLongAgo(mine.missedAt, now) || !isLongAgo(mine.askedAt, now)) return null;
			mine.askedAt = now;
			return share(mine, now).catch(() => {
				mine.missedAt = now;
			});
		},

		async current(now) {
			const mine = heldOn(now);
			if (!mine.shared && isLongAgo(mine.missedAt, now)) {
				// When it comes after the wait, the next request has it.
				const work = share(mine, now);
				try {
					await within(SALT_WAIT_MS, work);
				} catch {
					mine.missedAt = now;
					work.catch(() => {});
				}
			}
			return { salt: mine.salt, shared: mine.shared };
		},

		async stored(at, now) {
			for (const [key, { end }] of found) if (now >= end) found.delete(key);
			const end = saltEndOf(at);
			if (now >= end) return null;
			const key = keyOf(at);
			const known = found.get(key)?.salt;
			if (known !== undefined) return known;
			try {
				const salt = await read(key);
				if (salt !== null) found.set(key, { salt, end });
				return salt;
			} catch {
				return null;
			}
		},

		async prepareSalts(now) {
			await Promise.all(
				[now, now + DAY_SECONDS].map(async (at) => {
					if ((await read(keyOf(at))) === null) await put(at, now, randomSalt());
				}),
			);
		},
	};
}
