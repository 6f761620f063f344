import type { ShopEvent } from "../src/contract/event.ts";
import type { Memory } from "./memory.ts";
import { randomId } from "./random-id.ts";
import type { Surroundings } from "./types.ts";

/** Time for which events wait for company, milliseconds. */
const GATHER_MS = 1000;
/** Events of one request: 50 of the longest keep below the 64 KiB that `sendBeacon` takes. */
const BATCH_MAX = 50;
/** Events that wait at most; beyond it the oldest are given up. */
const WAITING_MAX = 1000;
/** First and longest wait before another try, milliseconds. */
const RETRY_MS = 2000;
const RETRY_MAX_MS = 300_000;
/** Time after which a page that lives on asks again for what a beacon was handed, milliseconds. */
const CONFIRM_MS = 60_000;
const KEY = "outbox.";

/** An event that waits to be acknowledged. */
type Waiting = {
	readonly session: string;
	readonly pseudonym?: string | undefined;
	readonly event: Partial<ShopEvent> & Pick<ShopEvent, "id">;
	/** Handed to a beacon, of which nobody hears whether it arrived: it goes along with the next request. */
	isHanded?: boolean;
};

export type Outbox = {
	readonly push: (session: string, event: Waiting["event"], pseudonym?: string) => void;
	/** Gives up all that waits. */
	readonly clear: () => void;
	/** Takes over what closed pages left in storage. */
	readonly adopt: () => void;
};

/**
 * Events on their way. Each stays until the server has acknowledged it, in storage where that is allowed; what is sent
 * twice has the same id, and counts once. While the page lives, `fetch` tells whether events arrived; when it is left,
 * a beacon carries them, and the next page asks again.
 */
export function createOutbox(address: string, memory: Memory, { fetch, beacon, now, later, onLeave, onOnline }: Surroundings): Outbox {
	/** Each page has a list of its own: two open pages would overwrite one. */
	const own = KEY + randomId();
	let waiting: Waiting[] = [];
	let failures = 0;
	let isSending = false;
	let planned: { readonly due: number; readonly callOff: () => void } | null = null;

	const keep = () => memory.write(own, waiting.length > 0 ? waiting : undefined);
	const isWaiting = ({ event }: Waiting) => waiting.some((each) => each.event.id === event.id);
	function settle(batch: readonly Waiting[]) {
		const ids = new Set(batch.map(({ event }) => event.id));
		waiting = waiting.filter(({ event }) => !ids.has(event.id));
		keep();
	}
	function add(more: readonly Waiting[]) {
		waiting = [...waiting, ...more].slice(-WAITING_MAX);
		keep();
	}
	/** The oldest events of one session, under one pseudonym. */
	const batchOf = (all: readonly Waiting[]) =>
		all.filter(({ session, pseudonym }) => session === all[0]?.session && pseudonym === all[0]?.pseudonym).slice(0, BATCH_MAX);
	const bodyOf = (batch: readonly Waiting[]) =>
		JSON.stringify({ consent: true, session: batch[0]?.session, pseudonym: batch[0]?.pseudonym, events: batch.map(({ event }) => event) });

	/** Sends after that time, unless that is to happen sooner. */
	function plan(milliseconds: number) {
		const due = now() + milliseconds;
		if (planned !== null && planned.due <= due) return;
		planned?.callOff();
		planned = { due, callOff: later(milliseconds, send) };
	}
	function planNothing() {
		planned?.callOff();
		planned = null;
	}

	async function send() {
		planned = null;
		const batch = batchOf(waiting);
		if (isSending || batch.length === 0) return;
		isSending = true;
		const refused = await post(batch);
		isSending = false;
		if (refused !== null) plan(Math.max(refused, Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures++) * (0.5 + Math.random() / 2)));
		else {
			failures = 0;
			if (waiting.some(({ isHanded }) => !isHanded)) plan(0);
		}
	}

	/** @returns null when the events are settled; else how long the server wants us to wait, milliseconds */
	async function post(batch: readonly Waiting[]): Promise<number | null> {
		try {
			// As text: a page of another origin then needs no preflight.
			const { status, headers } = await fetch(address, { method: "POST", body: bodyOf(batch), keepalive: true });
			if (status === 408 || status === 429 || status >= 500) return (Number(headers.get("retry-after")) || 0) * 1000;
			settle(batch);
			return null;
		} catch {
			// Offline, most likely.
			return 0;
		}
	}

	onOnline(() => {
		failures = 0;
		planNothing();
		// What a beacon was handed without a network is lost with it.
		for (const each of waiting) each.isHanded = false;
		if (waiting.length > 0) plan(0);
	});
	onLeave(() => {
		let rest = waiting.filter(({ isHanded }) => !isHanded);
		while (rest.length > 0) {
			const batch = batchOf(rest);
			if (!beacon(address, bodyOf(batch))) break;
			for (const each of batch) each.isHanded = true;
			rest = rest.filter(({ isHanded }) => !isHanded);
		}
		keep();
		planNothing();
		// Should the page live on.
		if (waiting.length > 0) plan(CONFIRM_MS);
	});

	return {
		push(session, event, pseudonym) {
			add([{ session, pseudonym, event }]);
			if (failures === 0) plan(GATHER_MS);
		},
		clear() {
			waiting = [];
			keep();
			for (const key of memory.stored(KEY)) memory.write(key, undefined);
		},
		adopt() {
			for (const key of memory.stored(KEY)) {
				const left = memory.read(key);
				if (key === own || !Array.isArray(left)) continue;
				memory.write(key, undefined);
				add((left as Waiting[]).filter((each) => each?.event?.id && each.session && !isWaiting(each)));
			}
			if (waiting.length > 0) plan(GATHER_MS);
		},
	};
}
