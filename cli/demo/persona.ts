import type { CoarseContext } from "../../src/contract/context.ts";
import { BRANDS, STYLES, type Style } from "./brands.ts";
import { CATEGORIES } from "./categories/index.ts";
import { COLOURS, type ColourKey } from "./palette.ts";
import { pick, pickWeighted, type Random } from "./random.ts";

/** The hidden mind behind one session. The log never says any of it; the model has to find it out. */
export type Persona = {
	readonly style: Style;
	/** Brands it comes back to. */
	readonly brands: ReadonlySet<string>;
	/** Where in a category's prices it shops, 0 cheapest to 1 dearest. */
	readonly purse: number;
	readonly colours: ReadonlySet<ColourKey>;
	/** Looks at colours and sizes of one design before it moves on. */
	readonly comparesVariants: boolean;
	/** Category keys the session sets out for. */
	readonly intents: readonly string[];
	readonly region: CoarseContext["region"];
	readonly device: CoarseContext["device"];
	readonly referrer: CoarseContext["referrer"];
};

const REGION_SHARES = [
	["EU", 6],
	["NA", 2],
	["AS", 1.5],
	["OC", 0.3],
	["SA", 0.2],
] as const;
const DEVICE_SHARES = [
	["mobile", 6],
	["desktop", 3],
	["tablet", 1],
] as const;
const REFERRER_SHARES = [
	["search", 4],
	["direct", 3],
	["social", 2],
	["other", 1],
] as const;
const COLOUR_KEYS = Object.keys(COLOURS) as ColourKey[];

/**
 * @param progress how far through the 28 days the session begins, 0 to 1: demand moves from each category's start to its
 *   autumn level
 */
export function drawPersona(random: Random, progress: number): Persona {
	const style = pick(random, STYLES);
	const inStyle = BRANDS.filter((brand) => brand.style === style);
	return {
		style,
		brands: new Set(Array.from({ length: 5 }, () => pick(random, random() < 0.75 ? inStyle : BRANDS).name)),
		purse: Math.min(1, Math.max(0, 0.35 + 0.5 * (random() + random() - 1))),
		colours: new Set(Array.from({ length: 5 }, () => pick(random, COLOUR_KEYS))),
		comparesVariants: random() < 0.4,
		intents: Array.from({ length: random() < 0.2 ? 2 : 1 }, () => pickIntent(random, progress)),
		region: share(random, REGION_SHARES),
		device: share(random, DEVICE_SHARES),
		referrer: share(random, REFERRER_SHARES),
	};
}

const pickIntent = (random: Random, progress: number): string =>
	pickWeighted(random, CATEGORIES, ({ demand, autumn }) => demand * autumn ** progress).key;

const share = <T>(random: Random, shares: readonly (readonly [T, number])[]): T => pickWeighted(random, shares, ([, weight]) => weight)[0];
