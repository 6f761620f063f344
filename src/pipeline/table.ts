import { type CodeColumn, type Columns, wideEnough } from "../rank/columns.ts";
import type { GrowingCodes } from "./codes.ts";
import { createPlainSpace, createSpace, spaceBytes } from "./plain-space.ts";
import type { MakeRowSpace, OverlaidProduct, RowScanner, RowSpace } from "./ports.ts";
import type { ItemFile } from "./read-items.ts";

/** Items with all that is known of them, by row: the release's own, or those that the overlay added. */
export type Table = Omit<Columns, "category" | "attributes"> & {
	/** As the columns of the same names; another takes their place where a code does not fit. */
	category: CodeColumn;
	readonly attributes: CodeColumn[];
	readonly popularity: Float32Array;
	/** null: none of the rows has one. */
	readonly boost: Float32Array | null;
	/** Code of the variant group; -1 none. */
	readonly group: Int32Array;
	/** 1: the request at hand may not be shown the row. */
	readonly masked: Uint8Array;
	/** Over the rows' vectors and `masked`. */
	readonly scanner: RowScanner;
};

type Room = Uint8Array<ArrayBuffer>;
type Growing = { -readonly [K in keyof Table]: Table[K] };

/** Bytes that a release's table takes of its space beside `items.bin`. */
export const besideItemsBytes = (count: number): number => 2 * spaceBytes(count);

/**
 * The release's rows as a table. The overlay writes into its columns: they are views over this isolate's own copy.
 * @param items read from bytes of the space
 */
export function tableOfRelease(items: ItemFile, space: RowSpace): Table {
	const { count, price, category, inStock, popularity, boost, group } = items;
	const hidden = space.take(count);
	const masked = space.take(count);
	const scanner = space.scanner(items, masked);
	scanner.wrote(0, count);
	return {
		count,
		price,
		category,
		inStock,
		popularity,
		boost,
		group,
		hidden,
		attributes: [...items.attributes],
		masked,
		scanner,
	};
}

/** Rows for which a growing table has room at first. */
const FIRST_CAPACITY = 256;

/** An empty table that grows by doubling. */
export function createGrowingTable(
	dim: number,
	makeRowSpace: MakeRowSpace,
): {
	readonly table: Table;
	add(): number;
	setVector(row: number, vector: { values: Int8Array; scale: number }): void;
} {
	const none = createPlainSpace(0, 0, dim);
	let held = { dim, vectors: new Int8Array(0), scales: new Float32Array(0) };
	const table: Growing = {
		count: 0,
		price: new Int32Array(0),
		category: new Int32Array(0),
		inStock: new Uint8Array(0),
		hidden: new Uint8Array(0),
		popularity: new Float32Array(0),
		boost: null,
		group: new Int32Array(0),
		attributes: [],
		masked: new Uint8Array(0),
		scanner: none.scanner(held, new Uint8Array(0)),
	};
	let capacity = 0;
	function grow(): void {
		capacity = Math.max(FIRST_CAPACITY, capacity * 2);
		const lengths = [capacity * dim, capacity * Float32Array.BYTES_PER_ELEMENT, capacity] as const;
		const space = createSpace(
			makeRowSpace,
			lengths.map(spaceBytes).reduce((sum, bytes) => sum + bytes),
			capacity,
			dim,
		);
		const [vectors, scales, masked] = lengths.map((length) => space.take(length)) as [Room, Room, Room];
		const moved = <A extends Int8Array | Uint8Array | Int32Array | Float32Array>(to: A, from: A): A => {
			to.set(from);
			return to;
		};
		held = {
			dim,
			vectors: moved(new Int8Array(vectors.buffer, vectors.byteOffset, capacity * dim), held.vectors),
			scales: moved(new Float32Array(scales.buffer, scales.byteOffset, capacity), held.scales),
		};
		table.masked = masked;
		table.scanner = space.scanner(held, masked);
		table.scanner.wrote(0, table.count);
		table.price = moved(new Int32Array(capacity), table.price);
		table.category = moved(new Int32Array(capacity), Int32Array.from(table.category));
		table.inStock = moved(new Uint8Array(capacity), table.inStock);
		table.hidden = moved(new Uint8Array(capacity), table.hidden);
		table.popularity = moved(new Float32Array(capacity), table.popularity);
		table.group = moved(new Int32Array(capacity).fill(-1), table.group);
		table.attributes = table.attributes.map((column) => moved(new Int32Array(capacity).fill(-1), Int32Array.from(column)));
	}
	return {
		table,
		add() {
			if (table.count === capacity) grow();
			return table.count++;
		},
		setVector(row, { values, scale }) {
			held.vectors.set(values, row * dim);
			held.scales[row] = scale;
			table.scanner.wrote(row, row + 1);
		},
	};
}

/** Columns that a product's values are written to. */
export type ProductColumns = Pick<Table, "price" | "category" | "inStock" | "group" | "attributes">;

/** Writes a product's values over those of a row. */
export function writeProduct(table: ProductColumns, row: number, product: OverlaidProduct, codes: GrowingCodes): void {
	table.price[row] = product.price ?? -1;
	const category = product.category ? codes.addCategory(product.category) : -1;
	table.category = wideEnough(table.category, category);
	table.category[row] = category;
	table.inStock[row] = product.stock === 0 ? 0 : 1;
	table.group[row] = product.group ? codes.groups.add(product.group, table.group[row] as number) : -1;
	for (const column of table.attributes) column[row] = -1;
	const values = product.brand ? { ...product.attributes, brand: product.brand } : product.attributes;
	for (const [name, value] of Object.entries(values)) {
		const code = codes.addAttribute(name);
		if (code === -1) continue;
		while (table.attributes.length <= code) table.attributes.push(new Int32Array(table.price.length).fill(-1));
		const column = wideEnough(table.attributes[code] as CodeColumn, codes.addValue(code, value));
		column[row] = codes.addValue(code, value);
		table.attributes[code] = column;
	}
}
