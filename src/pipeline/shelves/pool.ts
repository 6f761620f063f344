import type { Filter, Reason } from "../../contract/recommendation.ts";
import type { PageRequest, Shelf } from "../../contract/shelf.ts";
import type { RulesInForce } from "../../rank/rules.ts";
import type { KnownHistory } from "../../sequence/history.ts";
import type { OverlaidRelease } from "../overlaid-release.ts";
import type { HotLists } from "../ports.ts";
import { maskVariants } from "../prepare-mask.ts";
import type { Shopper } from "./shopper.ts";

/** One shelf of a request: what it is about, and how much of it is wanted. */
export type ShelfSpec = Pick<PageRequest["shelves"][number], "shelf" | "item" | "items" | "limit"> & {
	readonly filter: Filter;
	/** Those of the shelf's surface; their filters stand in `filter` already. */
	readonly rules: RulesInForce;
};

/** What all shelves of a request share. */
export type ShelfFrame = Pick<PageRequest, "history" | "exclude" | "excludeSeen" | "explain">;

/** What a shelf could show, best first: rows that the scratch's mask lets through. */
export type Pool = {
	readonly rows: readonly number[];
	/** In the order of the rows; comparable within the shelf alone. */
	readonly scores: readonly number[];
	/** Why a row is there; asked only while nothing else has used the scratch. */
	readonly reasonOf: (row: number) => Reason;
	/** Rows of the products that the shelf is about: neither they nor their variants are shown. */
	readonly about: readonly number[];
	/** What the order rests on where no history has a say in it. */
	readonly rung: "personal" | "session" | "popular";
};

export type PoolAsk = {
	readonly release: OverlaidRelease;
	readonly spec: ShelfSpec;
	readonly shopper: Shopper;
	readonly hot: HotLists | null;
	/** Entries that are enough. */
	readonly most: number;
};

/** Fills one shelf's pool; the mask is made when it is called. */
export type MakePool = (ask: PoolAsk) => Pool;

export const EMPTY_POOL: Pool = { rows: [], scores: [], reasonOf: () => ({ kind: "popular" }), about: [], rung: "popular" };

/** Shelves that show what the history holds: never filled up, never re-ordered, and seen products are the point of them. */
export const isFromHistory = (shelf: Shelf): boolean => shelf === "recently-viewed" || shelf === "buy-again";

/** Rows in an order that has no scores of its own: 1 / place. */
export const listed = (rows: readonly number[], rest: Pick<Pool, "reasonOf" | "rung">): Pool => ({
	rows,
	scores: rows.map((_, place) => 1 / (place + 1)),
	about: [],
	...rest,
});

/** Masks what a shelf is about, with its variants. */
export function maskSubjects(release: OverlaidRelease, about: readonly number[]): void {
	for (const row of about) release.mask(row);
	maskVariants(release, about);
}

/** Row of the product that a shelf is about: its own, else the newest of the history; -1 none. */
export function subjectOf(release: OverlaidRelease, item: string | null, { rows }: Pick<KnownHistory, "rows">): number {
	return item === null ? (rows.at(-1) ?? -1) : release.rowOf(item);
}
