import type { EventType, ShopEvent } from "../src/contract/event.ts";
import type { Filter, HistoryEntry, RecommendedItem, Source } from "../src/contract/recommendation.ts";
import type { Shelf } from "../src/contract/shelf.ts";

export type { Reason } from "../src/contract/recommendation.ts";
export type { EventType, Filter, HistoryEntry, RecommendedItem, Shelf, Source };

/** What a shelf is to show. Without `shelf` it is the page's own list (`/v1/recommendations`). */
export type Question = {
	readonly shelf?: Shelf;
	readonly surface?: string;
	/** The product that the page shows. */
	readonly item?: string;
	/** Products of the cart. */
	readonly items?: readonly string[];
	readonly limit?: number;
	readonly exclude?: readonly string[];
	readonly excludeSeen?: boolean;
	readonly filter?: Filter;
	/** 0 to 1, of the page's own list alone: how much products are to differ from each other. */
	readonly diversity?: number;
	/** 0 to 1, of the page's own list alone: how much products are to be little known. */
	readonly novelty?: number;
	/** Asks for the reason of each product. */
	readonly explain?: boolean;
	/** BCP 47: of the reasons' sentences. Without it, the browser's for a shopper's own lists, English for those of everybody. */
	readonly language?: string;
};

export type Answer = {
	/** null: the list is one for everybody, and there is nothing to attribute. */
	readonly recommendationId: string | null;
	readonly release: string | null;
	readonly source: Source;
	readonly items: readonly RecommendedItem[];
};

/** What happened, as the page tells it; id and time are added. */
export type Happening = { readonly type: EventType } & Partial<Omit<ShopEvent, "id" | "type" | "at">>;

/** Whether the shopper agreed to be learnt from; null: not asked yet. */
export type Consent = boolean | null;

/** The part of the browser's `Storage` that is used. */
export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** What is taken of the browser. Everything may be replaced, as tests do. */
export type Surroundings = {
	readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
	/** @returns false when the browser cannot queue the request */
	readonly beacon: (address: string, body: string) => boolean;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Calls once after that many milliseconds. @returns calls it off */
	readonly later: (milliseconds: number, work: () => void) => () => void;
	/** Global Privacy Control. @see https://w3c.github.io/gpc/ */
	readonly asksForPrivacy: () => boolean;
	/** May throw, as browsers do where storage is forbidden. */
	readonly storage: (kind: "tab" | "device") => Storage;
	/** The page is hidden or left: the last moment at which something can be sent. */
	readonly onLeave: (listener: () => void) => void;
	readonly onOnline: (listener: () => void) => void;
};

export type Options = {
	/** Where Edgeshelf is served; "" when it is the page's own origin. */
	readonly endpoint?: string;
	/** The shopper's word, where the page knows it. Without it: what was remembered, else not asked yet. */
	readonly consent?: Consent;
	/** Keeps history and unsent events in the tab or on the device, once there is consent; absent: in memory only. */
	readonly remember?: "tab" | "device";
	/**
	 * The shop's own name for this shopper, where its keyed mode is on: what is logged under it can be erased later. Better
	 * none that the shop uses elsewhere.
	 */
	readonly pseudonym?: string;
	/** Longest history, entries; at most 512. */
	readonly historyMax?: number;
	readonly surroundings?: Partial<Surroundings>;
};
