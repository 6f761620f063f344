import { BEAUTY } from "./beauty.ts";
import type { Category } from "./category.ts";
import { CLOTHING } from "./clothing.ts";
import { FOOTWEAR } from "./footwear.ts";
import { HOME_AND_GARDEN } from "./home-and-garden.ts";
import { KITCHEN } from "./kitchen.ts";
import { OUTDOORS } from "./outdoors.ts";
import { PAPER_AND_PLAY } from "./paper-and-play.ts";

export const CATEGORIES: readonly Category[] = [
	...CLOTHING,
	...FOOTWEAR,
	...KITCHEN,
	...BEAUTY,
	...OUTDOORS,
	...PAPER_AND_PLAY,
	...HOME_AND_GARDEN,
];
