import type { Storage } from "./types.ts";

const PREFIX = "edgeshelf.";

/** Values by key: in memory, and in the browser's storage for as long as that is allowed. */
export type Memory = {
	/** @returns null where there is none, or another program wrote what is no JSON */
	readonly read: (key: string) => unknown;
	/** @param value undefined: forgets the key */
	readonly write: (key: string, value: unknown) => void;
	/** Keys in storage that begin so. */
	readonly stored: (start: string) => string[];
	/** Moves what is held into storage, or takes everything of ours out of it. What is held stays held. */
	readonly allow: (isAllowed: boolean) => void;
};

/** @param open gives the storage; null: there is none to use */
export function createMemory(open: (() => Storage) | null): Memory {
	const held = new Map<string, string>();
	let isAllowed = false;

	function inStorage<T>(work: (storage: Storage) => T, absent: T): T {
		try {
			return open ? work(open()) : absent;
		} catch {
			// Full or forbidden: what is held lasts as long as the page.
			return absent;
		}
	}
	const put = (key: string, text: string) => inStorage((storage) => storage.setItem(PREFIX + key, text), undefined);
	const drop = (key: string) => inStorage((storage) => storage.removeItem(PREFIX + key), undefined);
	const stored = (start: string) =>
		inStorage(
			(storage) =>
				Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? "")
					.filter((key) => key.startsWith(PREFIX + start))
					.map((key) => key.slice(PREFIX.length)),
			[],
		);

	return {
		read(key) {
			const text = (isAllowed && inStorage((storage) => storage.getItem(PREFIX + key), null)) || held.get(key);
			try {
				return text ? JSON.parse(text) : null;
			} catch {
				return null;
			}
		},
		write(key, value) {
			if (value === undefined) {
				held.delete(key);
				drop(key);
				return;
			}
			const text = JSON.stringify(value);
			held.set(key, text);
			if (isAllowed) put(key, text);
		},
		stored,
		allow(mayStore) {
			isAllowed = mayStore;
			if (mayStore) for (const [key, text] of held) put(key, text);
			else for (const key of stored("")) drop(key);
		},
	};
}
