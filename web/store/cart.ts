import type { Storage } from "../../client/types.ts";

const KEY = "edgeshelf-shop.cart";
/** Pieces of one product. */
export const PIECES_MAX = 20;

export type Cart = ReturnType<typeof createCart>;

/**
 * What the shopper is about to buy, by product and pieces.
 * @param storage   may throw where it is forbidden
 * @param mayStore  whether the shopper agreed; otherwise the cart lasts as long as the page
 */
export function createCart(storage: () => Storage, mayStore: () => boolean) {
	const listeners = new Set<() => void>();
	function stored<T>(work: (storage: Storage) => T): T | null {
		try {
			return work(storage());
		} catch {
			return null;
		}
	}
	function read(): [string, number][] {
		try {
			const value: unknown = JSON.parse((mayStore() && stored((kept) => kept.getItem(KEY))) || "[]");
			return Array.isArray(value) ? value.filter(([id, pieces]) => typeof id === "string" && pieces > 0 && pieces <= PIECES_MAX) : [];
		} catch {
			return [];
		}
	}
	const lines = new Map(read());
	function changed() {
		keep();
		for (const listener of listeners) listener();
	}
	function keep() {
		stored((kept) => (mayStore() && lines.size > 0 ? kept.setItem(KEY, JSON.stringify([...lines])) : kept.removeItem(KEY)));
	}
	return {
		/** Product and pieces, in the order in which they came. */
		lines: (): readonly (readonly [string, number])[] => [...lines],
		pieces: () => [...lines.values()].reduce((sum, pieces) => sum + pieces, 0),
		/** @param pieces 0 takes it out */
		set(id: string, pieces: number) {
			if (pieces > 0) lines.set(id, Math.min(PIECES_MAX, pieces));
			else lines.delete(id);
			changed();
		},
		add(id: string) {
			lines.set(id, Math.min(PIECES_MAX, (lines.get(id) ?? 0) + 1));
			changed();
		},
		clear() {
			lines.clear();
			changed();
		},
		/** To be called when the shopper's word has changed. */
		keep,
		/** @returns stops it */
		onChange(listener: () => void) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
}
