import type { Surroundings } from "./types.ts";

/** The browser as it is. Read when it is used, so that the module can be imported where there is none. */
export const BROWSER: Surroundings = {
	fetch: (address, init) => fetch(address, init),
	beacon: (address, body) => navigator.sendBeacon(address, body),
	now: () => Date.now(),
	later(milliseconds, work) {
		const timer = setTimeout(work, milliseconds);
		return () => clearTimeout(timer);
	},
	asksForPrivacy: () => (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true,
	storage: (kind) => (kind === "tab" ? sessionStorage : localStorage),
	onLeave(listener) {
		globalThis.document?.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && listener());
		globalThis.addEventListener?.("pagehide", listener);
	},
	onOnline: (listener) => globalThis.addEventListener?.("online", listener),
};
