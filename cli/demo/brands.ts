import type { Department } from "./categories/category.ts";

/** Taste of a brand, and of those who like it; carried over from category to category. */
export const STYLES = ["classic", "minimal", "playful", "rustic", "sporty"] as const;
export type Style = (typeof STYLES)[number];

/** Price level: 1 value, 2 middle, 3 premium. */
export type Tier = 1 | 2 | 3;

export type Brand = { readonly name: string; readonly tier: Tier; readonly style: Style; readonly departments: readonly Department[] };

const brand = (name: string, tier: Tier, style: Style, ...departments: Department[]): Brand => ({ name, tier, style, departments });

/** Invented names; any likeness to a real brand is chance. */
export const BRANDS: readonly Brand[] = [
	brand("Osterfenn", 3, "minimal", "clothing", "footwear"),
	brand("Tindrelow", 1, "playful", "clothing", "toys"),
	brand("Quillhaven", 2, "classic", "clothing", "stationery"),
	brand("Brammelow", 2, "rustic", "clothing", "outdoors"),
	brand("Hesperlune", 3, "classic", "clothing", "beauty"),
	brand("Fennoway", 1, "sporty", "clothing", "footwear", "outdoors"),
	brand("Lindquay", 2, "minimal", "clothing"),
	brand("Aldermossa", 1, "rustic", "clothing", "home"),
	brand("Corvessa Lane", 3, "playful", "clothing"),
	brand("Wrenfold & Daughters", 2, "classic", "clothing", "footwear"),
	brand("Juniperrow", 1, "minimal", "clothing"),
	brand("Sollentide", 2, "sporty", "clothing", "footwear"),
	brand("Pallowick", 1, "classic", "clothing"),
	brand("Mirrelby", 2, "playful", "clothing", "footwear"),
	brand("Strandkorven", 3, "sporty", "footwear", "outdoors"),
	brand("Cobblewyn", 2, "rustic", "footwear"),
	brand("Tessavane", 3, "classic", "footwear"),
	brand("Larkenstep", 1, "playful", "footwear"),
	brand("Oakhollin", 1, "minimal", "footwear"),
	brand("Kettlebyrne", 2, "rustic", "kitchen"),
	brand("Porcellune", 3, "classic", "kitchen", "home"),
	brand("Mornhaus", 2, "minimal", "kitchen", "home"),
	brand("Saffrelle", 1, "playful", "kitchen"),
	brand("Emberquill", 3, "rustic", "kitchen"),
	brand("Steepmere", 2, "classic", "kitchen"),
	brand("Yunshanli", 3, "minimal", "kitchen"),
	brand("Crumb & Cradle", 1, "rustic", "kitchen", "toys"),
	brand("Zestiva Nord", 1, "sporty", "kitchen", "outdoors"),
	brand("Velmorane", 3, "classic", "beauty"),
	brand("Petalune", 1, "playful", "beauty"),
	brand("Nacrelle", 2, "minimal", "beauty"),
	brand("Briarglow", 2, "rustic", "beauty"),
	brand("Ombrelise", 3, "minimal", "beauty"),
	brand("Swiftbalm", 1, "sporty", "beauty"),
	brand("Rosendell", 1, "classic", "beauty"),
	brand("Fizzaboo", 2, "playful", "beauty", "toys"),
	brand("Tarnridge", 3, "sporty", "outdoors"),
	brand("Pinewarden", 2, "rustic", "outdoors", "garden"),
	brand("Campolino", 1, "playful", "outdoors"),
	brand("Fjellmark Trail", 2, "minimal", "outdoors"),
	brand("Gorsebury", 1, "classic", "outdoors", "garden"),
	brand("Inkhollow", 3, "classic", "stationery"),
	brand("Paperlark", 1, "playful", "stationery"),
	brand("Gridstone", 2, "minimal", "stationery"),
	brand("Nibwright", 2, "rustic", "stationery"),
	brand("Dashbind", 1, "sporty", "stationery"),
	brand("Bumblewood", 3, "rustic", "toys"),
	brand("Tumblekin", 1, "playful", "toys"),
	brand("Plainacre Play", 2, "minimal", "toys"),
	brand("Old Mulberrow", 2, "classic", "toys"),
	brand("Zoomadoo", 1, "sporty", "toys"),
	brand("Fernhatch", 1, "minimal", "garden"),
	brand("Trowelby", 2, "classic", "garden"),
	brand("Loamcroft", 3, "rustic", "garden"),
	brand("Sproutini", 1, "playful", "garden"),
	brand("Hedgerunner", 2, "sporty", "garden"),
	brand("Lumenfold", 3, "minimal", "home"),
	brand("Hearthwick", 2, "rustic", "home"),
	brand("Nestaluna", 1, "playful", "home"),
	brand("Grandoak Parlour", 3, "classic", "home"),
	brand("Velocasa", 1, "sporty", "home"),
];
