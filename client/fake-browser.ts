import type { Storage, Surroundings } from "./types.ts";

/** A request as the server got it. */
export type Received = {
	readonly address: string;
	readonly body: { readonly [key: string]: unknown } | null;
	readonly by: "fetch" | "beacon";
};

/** Web storage in memory. */
export function fakeStorage(values = new Map<string, string>()): Storage & { readonly values: Map<string, string> } {
	return {
		values,
		get length() {
			return values.size;
		},
		key: (index) => [...values.keys()][index] ?? null,
		getItem: (key) => values.get(key) ?? null,
		setItem: (key, value) => void values.set(key, value),
		removeItem: (key) => void values.delete(key),
	};
}

/** A browser in a test's hands: its clock, network and storage; what a server receives is noted. */
export function fakeBrowser(storage = fakeStorage()) {
	const received: Received[] = [];
	const timers: { due: number; work: () => void }[] = [];
	const leave: (() => void)[] = [];
	const online: (() => void)[] = [];
	const browser = {
		nowMs: 1_700_000_000_000,
		isOffline: false,
		asksForPrivacy: false,
		/** What the server answers. */
		answer: (_path: string): Response | Promise<Response> => Response.json({ accepted: 1, rejected: [], withheld: 0 }, { status: 202 }),
		received,
		storage,
		events: () =>
			received.flatMap(({ body }) => (body?.events ?? []) as { readonly id: string; readonly type: string; readonly item?: string }[]),
		leave: () => leave.map((listener) => listener()),
		comeOnline() {
			browser.isOffline = false;
			for (const listener of online) listener();
		},
		/** Lets time pass, and all that is due happen in order. */
		async pass(milliseconds: number) {
			const until = browser.nowMs + milliseconds;
			for (;;) {
				const next = timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
				if (next === undefined) break;
				timers.splice(timers.indexOf(next), 1);
				browser.nowMs = Math.max(browser.nowMs, next.due);
				next.work();
				await settled();
			}
			browser.nowMs = until;
			await settled();
		},
	};
	const note = (address: string, body: unknown, by: Received["by"]) =>
		received.push({ address, body: typeof body === "string" ? JSON.parse(body) : null, by });
	const surroundings: Surroundings = {
		async fetch(address, init) {
			if (browser.isOffline) throw new TypeError("Failed to fetch");
			note(address, init.body, "fetch");
			return browser.answer(address);
		},
		beacon(address, body) {
			// As browsers do: it is taken, and lost without a word where there is no network.
			if (!browser.isOffline) note(address, body, "beacon");
			return true;
		},
		now: () => browser.nowMs,
		later(milliseconds, work) {
			const timer = { due: browser.nowMs + milliseconds, work };
			timers.push(timer);
			return () => {
				const at = timers.indexOf(timer);
				if (at !== -1) timers.splice(at, 1);
			};
		},
		asksForPrivacy: () => browser.asksForPrivacy,
		storage: () => storage,
		onLeave: (listener) => void leave.push(listener),
		onOnline: (listener) => void online.push(listener),
	};
	return Object.assign(browser, { surroundings });
}

/** Lets promises that wait for nothing else settle. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
