import { BROWSER } from "../../client/browser.ts";
import type { Surroundings } from "../../client/types.ts";

/** What one request told the server. */
export type Told = {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly path: string;
	/** Entries of the history that went along; the server does not keep them. */
	readonly history: number;
	/** Types of the events that were sent to be kept. */
	readonly events: readonly string[];
	readonly bytes: number;
};

/** Requests that are remembered, for this page alone. */
const KEPT_MAX = 60;

/** @param body as it leaves the browser; null: a public list, which tells nothing of anyone */
export function toldBy(path: string, body: string | null, at: number): Told {
	const { history = [], events = [] } = body === null ? {} : (JSON.parse(body) as { history?: object[]; events?: { type: string }[] });
	return { at, path, history: history.length, events: events.map(({ type }) => type), bytes: body?.length ?? 0 };
}

export type Journal = ReturnType<typeof createJournal>;

/** Notes all that the SDK sends, on its way out. */
export function createJournal() {
	const told: Told[] = [];
	const listeners = new Set<() => void>();
	function note(address: string, body: unknown) {
		told.unshift(toldBy(address, typeof body === "string" ? body : null, BROWSER.now()));
		told.length = Math.min(told.length, KEPT_MAX);
		for (const listener of listeners) listener();
	}
	const surroundings: Partial<Surroundings> = {
		fetch(address, init) {
			note(address, init.body);
			return BROWSER.fetch(address, init);
		},
		beacon(address, body) {
			note(address, body);
			return BROWSER.beacon(address, body);
		},
	};
	return {
		surroundings,
		told: (): readonly Told[] => told,
		/** @returns stops it */
		onChange(listener: () => void) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
}
