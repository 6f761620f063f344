import * as v from "valibot";
import { dictionary } from "./dictionary.ts";
import { Currency, ItemId, Label, MinorUnits } from "./primitives.ts";

/** Attribute columns a release carries at most; further names are kept in the catalogue but cannot be filtered on. */
export const ATTRIBUTE_COLUMNS_MAX = 16;

const WebAddress = v.pipe(v.string(), v.maxLength(2000), v.regex(/^(https?:\/\/|\/)/, "must be an http(s) or absolute path address"));

/** One line of the product feed: `PUT /admin/catalogue` takes NDJSON of these. Absent and null mean the same. */
export const Product = v.strictObject({
	id: ItemId,
	title: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(1000)),
	/** Titles in further languages, by BCP 47 tag. */
	titles: v.nullish(
		v.record(v.pipe(v.string(), v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)), v.pipe(v.string(), v.maxLength(1000))),
		null,
	),
	description: v.nullish(v.pipe(v.string(), v.maxLength(20_000)), null),
	category: v.nullish(Label, null),
	brand: v.nullish(Label, null),
	price: v.nullish(MinorUnits, null),
	currency: v.nullish(Currency, null),
	/** Pieces on hand; null: not tracked, always in stock; 0: sold out. */
	stock: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_147_483_647)), null),
	image: v.nullish(WebAddress, null),
	url: v.nullish(WebAddress, null),
	/** Variants of one product share a group. */
	group: v.nullish(ItemId, null),
	/** Text attributes by name; the first 16 names in use by frequency become filter columns. */
	attributes: v.optional(
		v.pipe(
			dictionary(Label, Label),
			v.check((a) => Object.keys(a).length <= 200, "must have at most 200 names"),
		),
		{},
	),
});
export type Product = v.InferOutput<typeof Product>;

/** A stored product and the catalogue version that last changed it. */
export type StoredProduct = Product & { readonly version: number };

/** One line's fate in `PUT /admin/catalogue`. `line` is 1-based within the request body. */
export const CatalogueReport = v.strictObject({
	upserted: v.number(),
	unchanged: v.number(),
	rejected: v.array(v.strictObject({ line: v.number(), id: v.nullable(v.string()), path: v.string(), message: v.string() })),
	version: v.number(),
});
export type CatalogueReport = v.InferOutput<typeof CatalogueReport>;

/** Body bytes one `PUT /admin/catalogue` may carry; the importer sends more than one request. */
export const CATALOGUE_BODY_MAX_BYTES = 4 * 1024 * 1024;
