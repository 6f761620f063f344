import type { Columns } from "../rank/columns.ts";
import type { QuantisedRows } from "../retrieve/rows.ts";
import type { GrowingCodes } from "./codes.ts";
import type { OverlaidProduct } from "./ports.ts";
import type { ItemFile } from "./read-items.ts";

/** Items with all that is known of them, by row: the release's own, or those that the overlay added. */
export type Table = QuantisedRows &
	Columns & {
		readonly popularity: Float32Array;
		readonly boost: Float32Array;
		/** Code of the variant group; -1 none. */
		readonly group: Int32Array;
		readonly attributes: Int32Array[];
	};

type Growing = { -readonly [K in keyof Table]: Table[K] };

/** The release's rows as a table. The overlay writes into its columns: they are views over this isolate's own copy. */
export function tableOfRelease(items: ItemFile): Table {
	const { count, dim, vectors, scales, price, category, inStock, popularity, boost, group } = items;
	return {
		count,
		dim,
		vectors,
		scales,
		price,
		category,
		inStock,
		popularity,
		boost,
		group,
		hidden: new Uint8Array(count),
		attributes: [...items.attributes],
	};
}

/** An empty table that grows by doubling. */
export function createGrowingTable(dim: number): {
	readonly table: Table;
	add(): number;
	setVector(row: number, vector: { values: Int8Array; scale: number }): void;
} {
	const table: Growing = {
		count: 0,
		dim,
		vectors: new Int8Array(0),
		scales: new Float32Array(0),
		price: new Int32Array(0),
		category: new Int32Array(0),
		inStock: new Uint8Array(0),
		hidden: new Uint8Array(0),
		popularity: new Float32Array(0),
		boost: new Float32Array(0),
		group: new Int32Array(0),
		attributes: [],
	};
	let capacity = 0;
	function grow(): void {
		capacity = Math.max(64, capacity * 2);
		const moved = <A extends Int8Array | Uint8Array | Int32Array | Float32Array>(to: A, from: A): A => {
			to.set(from);
			return to;
		};
		table.vectors = moved(new Int8Array(capacity * dim), table.vectors);
		table.scales = moved(new Float32Array(capacity), table.scales);
		table.price = moved(new Int32Array(capacity), table.price);
		table.category = moved(new Int32Array(capacity), table.category);
		table.inStock = moved(new Uint8Array(capacity), table.inStock);
		table.hidden = moved(new Uint8Array(capacity), table.hidden);
		table.popularity = moved(new Float32Array(capacity), table.popularity);
		table.boost = moved(new Float32Array(capacity), table.boost);
		table.group = moved(new Int32Array(capacity).fill(-1), table.group);
		table.attributes = table.attributes.map((column) => moved(new Int32Array(capacity).fill(-1), column));
	}
	return {
		table,
		add() {
			if (table.count === capacity) grow();
			return table.count++;
		},
		setVector(row, { values, scale }) {
			table.vectors.set(values, row * dim);
			table.scales[row] = scale;
		},
	};
}

/** Writes a product's values over those of a row. */
export function writeProduct(table: Table, row: number, product: OverlaidProduct, codes: GrowingCodes): void {
	table.price[row] = product.price ?? -1;
	table.category[row] = product.category ? codes.addCategory(product.category) : -1;
	table.inStock[row] = product.stock === 0 ? 0 : 1;
	table.group[row] = product.group ? codes.addGroup(product.group, table.group[row] as number) : -1;
	for (const column of table.attributes) column[row] = -1;
	const values = product.brand ? { ...product.attributes, brand: product.brand } : product.attributes;
	for (const [name, value] of Object.entries(values)) {
		const code = codes.addAttribute(name);
		if (code === -1) continue;
		while (table.attributes.length <= code) table.attributes.push(new Int32Array(table.price.length).fill(-1));
		(table.attributes[code] as Int32Array)[row] = codes.addValue(code, value);
	}
}
