import type { EventType } from "./event.ts";

/** Distinct visitors of one UTC day without whom nothing about people is shown or used. */
export const CROWD_MIN_VISITORS = 50;

/** Features of a context that may be used once enough visitors share the value. */
export const FEATURES = ["country", "region", "device", "daypart", "weekday", "referrer"] as const;
export type Feature = (typeof FEATURES)[number];

/**
 * Kinds of values about people. `item` counts visitors who took an interest of any kind, `item.<type>` those of one
 * event type, `category` the interest in any of its items, `type` the visitors who sent such an event, `query` those who
 * searched for these words.
 */
export type CrowdKind = Feature | "item" | `item.${EventType}` | "category" | "type" | "query";

/** A value about people. */
export type CrowdValue = { readonly kind: CrowdKind; readonly name: string };

/** Time for which a value stays released after its last day with a crowd, seconds. */
export const CROWD_RELEASE_SECONDS = 30 * 86_400;
