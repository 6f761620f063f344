export { createEdgeshelf, type Edgeshelf } from "./edgeshelf.ts";
export type { Answer, Consent, Happening, HistoryEntry, Options, Question, Reason, RecommendedItem, Shelf, Surroundings } from "./types.ts";
