/**
 * Coarse features of a request: all that is ever kept of its sender. The index in each list is the encoder's input, and
 * 0 stands for "not said". Never reorder; append only together with a retrained encoder.
 */
export const REGIONS = ["unknown", "EU", "NA", "SA", "AS", "AF", "OC", "AN"] as const;
export const DEVICES = ["unknown", "desktop", "mobile", "tablet", "bot"] as const;
export const DAYPARTS = ["unknown", "night", "morning", "afternoon", "evening"] as const;
export const WEEKDAYS = ["unknown", "mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const REFERRERS = ["unknown", "direct", "internal", "search", "social", "other"] as const;

export type CoarseContext = {
	/** ISO 3166-1 alpha-2; absent: not known. No input of the encoder. */
	readonly country?: string | undefined;
	readonly region: (typeof REGIONS)[number];
	readonly device: (typeof DEVICES)[number];
	readonly daypart: (typeof DAYPARTS)[number];
	readonly weekday: (typeof WEEKDAYS)[number];
	readonly referrer: (typeof REFERRERS)[number];
};

export const UNKNOWN_CONTEXT: CoarseContext = {
	region: "unknown",
	device: "unknown",
	daypart: "unknown",
	weekday: "unknown",
	referrer: "unknown",
};

declare const visitorKey: unique symbol;
/** A visitor as we may hold them: a keyed hash under the day's random salt. Only `privacy/visitor-key.ts` makes one. */
export type VisitorKey = string & { readonly [visitorKey]: true };

declare const sessionKey: unique symbol;
/** A session as we may hold it: a keyed hash under the day's random salt. Only `privacy/visitor-key.ts` makes one. */
export type SessionKey = string & { readonly [sessionKey]: true };
