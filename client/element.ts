export type { Card } from "./card.ts";
export { defineEdgeShelf, type Shop } from "./edge-shelf.ts";
export { ENGLISH, type Words } from "./words.ts";
