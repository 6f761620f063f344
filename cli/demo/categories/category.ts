import type { ColourKey } from "../palette.ts";

/** A word in both languages of the shop. */
export type Word = { readonly en: string; readonly zh: string };
export const word = (en: string, zh: string): Word => ({ en, zh });

/** Surface designs that a picture can show. */
export const PATTERNS = ["plain", "stripes", "dots", "check", "sprig"] as const;
export type Pattern = (typeof PATTERNS)[number];

export type Department = "clothing" | "footwear" | "kitchen" | "beauty" | "outdoors" | "stationery" | "toys" | "garden" | "home";

/** What the generator knows of one category. Lists run from most to least usual. */
export type Category = {
	/** Part of product ids and picture names. */
	readonly key: string;
	readonly name: Word;
	readonly department: Department;
	/** Kinds of thing within the category; each has a drawing of its own, by position. */
	readonly forms: readonly Word[];
	readonly materials: readonly Word[];
	readonly colours: readonly ColourKey[];
	readonly patterns: readonly Pattern[];
	/** Price of a middle brand, cents, from the plainest to the best. */
	readonly price: readonly [number, number];
	/** What tells the variants of one design apart. Sizes grow by `sizeStep` in price. */
	readonly variants: "colour" | "size";
	readonly sizes: readonly string[];
	/** How much of the shop's traffic wants it; 1 is usual. */
	readonly demand: number;
	/** Demand at the end of the 28 days over that at the start: above 1 where autumn brings buyers. */
	readonly autumn: number;
	readonly season: "spring" | "summer" | "autumn" | "winter" | "all year";
};
