import * as v from "valibot";
import { ATTRIBUTE_COLUMNS_MAX } from "../contract/product.ts";
import type { Manifest } from "../contract/release.ts";
import type { Result } from "../contract/result.ts";
import { orRefuse, readContainer, refuse, refusing } from "./esb1.ts";
import { createIdIndex, type IdIndex } from "./id-index.ts";

/** `items.bin` as views over the file; shapes by `count` rows and `dim` components. */
export type ItemFile = {
	readonly count: number;
	readonly dim: number;
	readonly vectors: Int8Array;
	readonly scales: Float32Array;
	readonly ids: IdIndex;
	readonly price: Int32Array;
	readonly category: Int32Array;
	readonly inStock: Uint8Array;
	readonly group: Int32Array;
	readonly attributes: readonly Int32Array[];
	readonly popularity: Float32Array;
	/** Added to the fused score of each row, so that lists reach into the long tail; null where a release has none. */
	readonly boost: Float32Array | null;
	/** Popularity of the last days, where the log has orders. */
	readonly recent: Float32Array | null;
	readonly meta: v.InferOutput<typeof ItemMeta>;
};

const Names = v.array(v.string());
/** Meta data of `items.bin`. */
export const ItemMeta = v.object({
	categories: Names,
	attributes: v.pipe(v.array(v.object({ name: v.string(), values: Names })), v.maxLength(ATTRIBUTE_COLUMNS_MAX)),
	catalogueVersion: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** @returns why the file is refused, in words that follow its name */
export function readItems(file: Uint8Array, manifest: Manifest): Result<ItemFile, string> {
	return refusing(() => {
		const { count, dim } = manifest.items;
		const container = orRefuse(readContainer(file, "items"));
		const parsed = v.safeParse(ItemMeta, container.meta);
		if (!parsed.success) return refuse(`has bad meta data at ${v.getDotPath(parsed.issues[0]) ?? "its root"}`);
		const meta = parsed.output;
		const offsets = orRefuse(container.section("idOffsets", "u32", [count + 1]));
		const bytes = orRefuse(container.section("idBytes", "u8", [null]));
		if (offsets[0] !== 0 || offsets[count] !== bytes.length) refuse("has ids that do not fill their section");
		for (let row = 0; row < count; row++)
			if ((offsets[row] as number) > (offsets[row + 1] as number)) refuse("has id offsets out of order");
		const codes = orRefuse(container.section("attributes", "i32", [meta.attributes.length, count]));
		const attributes = meta.attributes.map((_, a) => codes.subarray(a * count, (a + 1) * count));
		const category = orRefuse(container.section("category", "i32", [count]));
		checkCodes(category, meta.categories.length, "category");
		for (const [a, column] of attributes.entries()) checkCodes(column, meta.attributes[a]?.values.length ?? 0, `attribute ${a}`);
		const scales = orRefuse(container.section("scales", "f32", [count]));
		const popularity = orRefuse(container.section("popularity", "f32", [count]));
		const boost = container.has("boost") ? orRefuse(container.section("boost", "f32", [count])) : null;
		const recent = container.has("recent") ? orRefuse(container.section("recent", "f32", [count])) : null;
		if (recent !== null && !recent.every(Number.isFinite)) refuse("has a recent popularity that is no number");
		for (let row = 0; row < count; row++) {
			if (!Number.isFinite(scales[row]) || !Number.isFinite(popularity[row]) || !Number.isFinite(boost?.[row] ?? 0))
				refuse(`has a scale, popularity or boost that is no number in row ${row}`);
		}
		return {
			count,
			dim,
			vectors: orRefuse(container.section("vectors", "i8", [count, dim])),
			scales,
			ids: createIdIndex(offsets, bytes) ?? refuse("has an id twice"),
			price: orRefuse(container.section("price", "i32", [count])),
			category,
			inStock: orRefuse(container.section("inStock", "u8", [count])),
			group: orRefuse(container.section("group", "i32", [count])),
			attributes,
			popularity,
			boost,
			recent,
			meta,
		};
	});
}

/** Inside `refusing`. */
export function checkCodes(codes: Int32Array, names: number, what: string): void {
	for (const code of codes) if (code < -1 || code >= names) refuse(`has a code of ${what} without a name`);
}
