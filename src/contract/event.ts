import * as v from "valibot";
import { DAYPARTS, DEVICES, REFERRERS, REGIONS, WEEKDAYS } from "./context.ts";
import { Currency, ItemId, MinorUnits, QueryText, UnixSeconds } from "./primitives.ts";
import { SOURCES, Surface } from "./recommendation.ts";

export const EVENT_TYPES = ["impression", "view", "click", "cart", "uncart", "purchase", "refund", "search", "dismiss"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Events one request may carry. */
export const EVENTS_MAX_PER_REQUEST = 100;
/** `sendBeacon` stops at 64 KiB; twice that leaves room for other clients. */
export const EVENTS_BODY_MAX_BYTES = 128 * 1024;
/** Oldest `at` that is taken, seconds before receipt. */
export const EVENT_MAX_AGE_SECONDS = 30 * 86_400;
/** Time for which an event id is remembered, seconds. */
export const EVENT_DEDUPLICATION_SECONDS = 7 * 86_400;

const OpaqueId = (minLength: number) =>
	v.pipe(v.string(), v.regex(/^[A-Za-z0-9._:-]+$/, "must be of A-Z, a-z, 0-9, . _ : -"), v.minLength(minLength), v.maxLength(64));

export const ShopEvent = v.pipe(
	v.strictObject({
		/** Made by the client, 128 bit: 16 to 64 characters. */
		id: OpaqueId(16),
		type: v.picklist(EVENT_TYPES),
		item: v.nullish(ItemId, null),
		query: v.nullish(QueryText, null),
		order: v.nullish(OpaqueId(1), null),
		quantity: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), null),
		surface: v.nullish(Surface, null),
		recommendationId: v.nullish(v.pipe(v.string(), v.maxLength(512)), null),
		position: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)), null),
		/** Price paid or shown, minor unit. */
		value: v.nullish(MinorUnits, null),
		currency: v.nullish(Currency, null),
		at: UnixSeconds,
	}),
	v.forward(
		v.check((event) => (event.type === "search" ? event.query !== null : event.item !== null), "is required for this type"),
		["item"],
	),
);
export type ShopEvent = v.InferOutput<typeof ShopEvent>;

/**
 * A shop's own name for a shopper, under which events can be erased later. Of it only a keyed hash is kept, another one
 * each UTC day.
 */
export const Pseudonym = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/** The frame of `POST /v1/events`. Each event is parsed on its own, so that good ones are kept beside bad ones. */
export const EventsRequest = v.strictObject({
	consent: v.optional(v.boolean()),
	/** Random, made by the browser, new after 30 idle minutes. */
	session: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
	/** Only where the shop's keyed mode is on: see DELETE /v1/visitors/{key}. */
	pseudonym: v.optional(Pseudonym),
	events: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(EVENTS_MAX_PER_REQUEST)),
});

export const EventsResponse = v.strictObject({
	/** Durable: in the queue or in the inbox. */
	accepted: v.number(),
	rejected: v.array(v.strictObject({ index: v.number(), code: v.string(), path: v.string() })),
	/**
	 * Good events that were not kept: for want of consent, under `Sec-GPC: 1`, or where the shop takes one noised report
	 * a visitor and day in their place.
	 */
	withheld: v.number(),
});
export type EventsResponse = v.InferOutput<typeof EventsResponse>;

/** As `CoarseContext`. */
export const Context = v.strictObject({
	country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/))),
	region: v.picklist(REGIONS),
	device: v.picklist(DEVICES),
	daypart: v.picklist(DAYPARTS),
	weekday: v.picklist(WEEKDAYS),
	referrer: v.picklist(REFERRERS),
});

/** Kinds of what is dropped from an event at the door because it may name a person. */
export const MASKED_KINDS = ["email", "card", "phone", "item", "surface"] as const;
export type MaskedKind = (typeof MASKED_KINDS)[number];

/** One event as the log tells it: the meeting point of the Worker and the trainer. */
export const LogLine = v.strictObject({
	v: v.literal(1),
	...ShopEvent.pipe[0].entries,
	receivedAt: UnixSeconds,
	/** Keyed hash of the session under the day's salt, hex. */
	session: v.pipe(v.string(), v.hexadecimal()),
	/** Keyed hash of the sender's network under the day's salt, hex; absent where none could be made. */
	visitor: v.optional(v.pipe(v.string(), v.hexadecimal())),
	/** What was dropped from the event, one entry a place; absent: nothing. */
	masked: v.optional(v.array(v.picklist(MASKED_KINDS))),
	context: Context,
});
export type LogLine = v.InferOutput<typeof LogLine>;

/** Names the key of a pseudonym's UTC day: unix seconds of the day's start, and a keyed hash. Only `privacy/pseudonym.ts` makes one. */
export const DataKeyName = v.pipe(v.string(), v.regex(/^\d{10}-[0-9a-f]{32}$/), v.brand("DataKeyName"));
export type DataKeyName = v.InferOutput<typeof DataKeyName>;

/** A line that can be erased: all of it but what is needed to file it is under a key that may be gone. */
export const SealedLine = v.strictObject({
	v: v.literal(2),
	/** As in the line. */
	id: OpaqueId(16),
	receivedAt: UnixSeconds,
	dataKey: DataKeyName,
	/** IV, then the line's JSON under AES-256-GCM with its tag, base64. */
	sealed: v.pipe(v.string(), v.base64()),
});
export type SealedLine = v.InferOutput<typeof SealedLine>;

/** An event in the queue and in the log. */
export const StoredLine = v.variant("v", [LogLine, SealedLine]);
export type StoredLine = v.InferOutput<typeof StoredLine>;

/** Upper edges of the latency histogram, milliseconds; the last bucket is open. */
export const LATENCY_EDGES_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** What an isolate counted since its last flush, by minute, surface and rung. */
export const MetricRow = v.strictObject({
	/** Unix minute: floor(seconds / 60). */
	minute: v.number(),
	surface: v.string(),
	source: v.picklist(SOURCES),
	requests: v.number(),
	/** Length LATENCY_EDGES_MS.length + 1. All zero where the clock does not move. */
	latency: v.pipe(v.array(v.number()), v.length(LATENCY_EDGES_MS.length + 1)),
});
export type MetricRow = v.InferOutput<typeof MetricRow>;

/** Categories that one report may tell apart, the last of them all others together. */
export const REPORT_MAX_VALUES = 64;

/** What a visitor's day says of categories under local differential privacy. */
export const Report = v.strictObject({
	/** Keyed hash of the visitor under the day's salt, hex: one report of each counts. */
	visitor: v.pipe(v.string(), v.hexadecimal()),
	receivedAt: UnixSeconds,
	/** Id of the list of categories and of the channel, as `store/local-reports.ts` enters it. */
	domain: v.string(),
	/** Places in that list, as the channel gave them. */
	values: v.pipe(
		v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(REPORT_MAX_VALUES - 1))),
		v.maxLength(REPORT_MAX_VALUES),
	),
});
export type Report = v.InferOutput<typeof Report>;

export const QueueMessage = v.variant("kind", [
	v.strictObject({ kind: v.literal("events"), lines: v.array(StoredLine) }),
	v.strictObject({ kind: v.literal("report"), report: Report }),
	v.strictObject({ kind: v.literal("metrics"), id: v.string(), rows: v.array(MetricRow) }),
]);
export type QueueMessage = v.InferOutput<typeof QueueMessage>;
