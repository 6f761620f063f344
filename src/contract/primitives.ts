import * as v from "valibot";

/** Longest product id, UTF-16 units. KV keys and D1 rows stay far below their limits with it. */
export const ITEM_ID_MAX_LENGTH = 128;
/** Longest query text that is read, UTF-16 units. */
export const QUERY_MAX_LENGTH = 200;

const CONTROL_CHARACTERS = /\p{Cc}/u;

const anyText = (maxLength: number) =>
	v.pipe(
		v.string(),
		v.maxLength(maxLength, `must have at most ${maxLength} characters`),
		v.check((value) => !CONTROL_CHARACTERS.test(value), "must not contain control characters"),
		v.check((value) => value.isWellFormed(), "must be well-formed Unicode"),
	);

const text = (maxLength: number) => v.pipe(anyText(maxLength), v.minLength(1, "must not be empty"));

/** A product id of the shop: any script, no control characters. */
export const ItemId = text(ITEM_ID_MAX_LENGTH);
export const QueryText = text(QUERY_MAX_LENGTH);
/** What has been typed of a query so far, perhaps nothing. */
export const TypedText = anyText(QUERY_MAX_LENGTH);
/** Short names: surfaces, categories, brands, attribute names and values. */
export const Label = text(160);
/** Whole seconds since 1970. */
export const UnixSeconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999));
/** Integer in the currency's minor unit (cents). Fits an int32 column of the release. */
export const MinorUnits = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_147_483_647));
export const Currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"));

/** Result lists are at most this long. */
export const LIMIT_MAX = 100;
export const LIMIT_DEFAULT = 10;
export const Limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMIT_MAX)), LIMIT_DEFAULT);
